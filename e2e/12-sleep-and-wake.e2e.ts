/** Story 12: a deployment that nobody uses sleeps, without a process; its first client wakes it, also with the control plane dead. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, isAlive, type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';
import { Api, type Deployed } from './support/api.ts';
import { connect, connectTls, isInstalled, nextMessage, until } from './support/clients.ts';
import { runtimeProcesses } from './support/runtimes.ts';
import { processOf, type RunningSystem, startSystem } from './support/system.ts';

const SLEEP = 'phase asleepSince nextWakeAt wakeCount lastWake { cause milliseconds } appliedRevision policyRevision';

describe('sleep and wake', () => {
  let system: RunningSystem;
  let api: Api;
  let deployed: Deployed;

  beforeAll(async () => {
    system = await startSystem();
    api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    deployed = await api.deploy('sleeper', { sleepAfterSeconds: 1 });
  });
  afterAll(async () => {
    signalProcess(system.launcher, 'SIGCONT');
    await system.stop();
    system.remove();
  });

  const stateOf = async (id = deployed.id) => (await api.query(`query ($id: ID!) { deployment(id: $id) { ${SLEEP} } }`, { id })).deployment;
  const hasProcess = (id = deployed.id) => runtimeProcesses(system, id).length > 0;
  const asleep = (id = deployed.id) => until(() => !hasProcess(id), 'no process to be left', 30_000);
  const shownAsleep = (id = deployed.id) => until(async () => (await stateOf(id)).phase === 'ASLEEP', 'the phase to be ASLEEP', 30_000);

  it('sleeps without a process once nobody has been there for as long as it is set to', async () => {
    await asleep();
    await shownAsleep();
    expect(await stateOf()).toMatchObject({ asleepSince: expect.any(String), nextWakeAt: null, wakeCount: 0, lastWake: null });
  });

  it('is not woken by an open port, by TLS, by HTTP, or by half a CONNECT', async () => {
    const { mqttsPort, mqttPort } = deployed;
    const plain = tcpConnect(mqttPort!, '127.0.0.1');
    plain.write(Buffer.from([0x10, 20, 0, 4, 0x4d, 0x51]));
    const secure = tlsConnect({ port: mqttsPort, host: '127.0.0.1', ca: system.ca });
    await new Promise((resolve) => secure.once('secureConnect', resolve));
    secure.write('GET /mqtt HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const upgrade = tcpConnect(mqttPort!, '127.0.0.1');
    upgrade.write(
      'GET /mqtt HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: mqtt\r\nsec-websocket-version: 13\r\n\r\n',
    );
    const answer = await new Promise<string>((resolve) => upgrade.once('data', (bytes) => resolve(bytes.toString())));
    expect(answer).toContain('101 Switching Protocols');
    const broken = tcpConnect(mqttPort!, '127.0.0.1');
    broken.write(Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 1, 0, 60, 0, 0]));
    await new Promise((resolve) => broken.once('close', resolve).resume());
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(hasProcess()).toBe(false);
    for (const socket of [plain, secure, upgrade]) socket.destroy();
    expect(await stateOf()).toMatchObject({ phase: 'ASLEEP', wakeCount: 0 });
  });

  it.each(['mqtts', 'mqtt', 'wss', 'ws'])('wakes with a client over %s, who is let in and served', async (scheme) => {
    const { mqttPort, wssUrl, wsUrl, username, secret: password } = deployed;
    const url = { mqtts: `mqtts://localhost:${deployed.mqttsPort}`, mqtt: `mqtt://localhost:${mqttPort}`, wss: wssUrl, ws: wsUrl! }[
      scheme
    ]!;
    const { wakeCount } = await stateOf();
    const client = await connect(url, { username, password, ca: system.ca, wsOptions: { ca: system.ca } as object });
    await client.subscribeAsync('a', { qos: 1 });
    const message = nextMessage(client);
    await client.publishAsync('a', 'hello', { qos: 1 });
    expect(await message).toMatchObject({ payload: 'hello' });
    await until(async () => (await stateOf()).phase === 'RUNNING', 'the phase to be RUNNING');
    expect(await stateOf()).toMatchObject({ wakeCount: wakeCount + 1, asleepSince: null, lastWake: { cause: 'CLIENT' } });
    await client.endAsync();
    await asleep();
    await shownAsleep();
  });

  it('answers questions with RUNTIME_ASLEEP, and stays asleep', async () => {
    const data = await api.query('query ($id: ID!) { deployment(id: $id) { clients { unavailable { code } } } }', { id: deployed.id });
    expect(data.deployment.clients.unavailable).toMatchObject({ code: 'RUNTIME_ASLEEP' });
    expect(hasProcess()).toBe(false);
  });

  it('is woken by mosquitto_pub, and what it retained is there after the next sleep', async ({ skip }) => {
    if (!isInstalled('mosquitto_pub')) return skip('mosquitto-clients is not installed');
    const login = ['-u', deployed.username, '-P', deployed.secret, '--cafile', system.ready.caFile];
    const line = ['-h', 'localhost', '-p', String(deployed.mqttsPort), ...login, '-t', 'kept', '-m', 'yes', '-q', '1', '-r'];
    expect(spawnSync('mosquitto_pub', line, { encoding: 'utf8', timeout: 20_000 })).toMatchObject({ status: 0, stderr: '' });
    await asleep();
    const client = await connectTls(deployed, { ca: system.ca });
    await client.subscribeAsync('kept');
    expect(await nextMessage(client)).toMatchObject({ payload: 'yes', retain: true });
    await client.endAsync();
    await asleep();
  });

  it('does not wake for a new policy, and enforces it at the wake: who was revoked meanwhile stays out', async () => {
    const made = await api.mutate('createCredential', 'credential { id } secret', { deploymentId: deployed.id, username: 'gone' });
    await shownAsleep();
    await api.mutate('deleteCredential', 'deletedId: __typename', { id: made.credential.id });
    await until(async () => {
      const { appliedRevision, policyRevision } = await stateOf();
      return appliedRevision === policyRevision;
    }, 'the machine to hold the policy');
    expect(hasProcess()).toBe(false);
    await expect(connectTls({ ...deployed, username: 'gone', secret: made.secret }, { ca: system.ca })).rejects.toMatchObject({
      code: 0x86,
    });
    await asleep();
  });

  it('stops, starts and is deleted from its sleep', async () => {
    const other = await api.deploy('other', { sleepAfterSeconds: 1 });
    await asleep(other.id);
    await shownAsleep(other.id);
    for (const [verb, phase] of [
      ['stop', 'STOPPED'],
      ['start', 'RUNNING'],
    ]) {
      const { operation } = await api.mutate(`${verb}Deployment`, 'operation { id }', { id: other.id });
      expect(await api.operation(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
      if (phase === 'STOPPED') expect((await stateOf(other.id)).phase).toBe('STOPPED');
      else await until(() => hasProcess(other.id), 'a process');
    }
    await asleep(other.id);
    const { operation } = await api.mutate('deleteDeployment', 'operation { id }', { id: other.id });
    expect(await api.operation(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('loses no client that comes while it falls asleep', async () => {
    const outcomes: Promise<unknown>[] = [];
    for (let i = 0; i < 30; i++) {
      outcomes.push(connectTls(deployed, { ca: system.ca, clientId: `race-${i}` }).then((client) => client.endAsync()));
      await outcomes[i]!.catch(() => {});
      // About the time after which it asks to sleep, each time a little later.
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1_000 + i * 5));
    }
    expect((await Promise.allSettled(outcomes)).filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('is woken for a will that is due, and by clients, with api, worker and Postgres dead', async () => {
    const stored = { ca: system.ca, clientId: 'watcher', clean: false, properties: { sessionExpiryInterval: 3600 } };
    const watcher = await connectTls(deployed, stored);
    await watcher.subscribeAsync('last/words', { qos: 1 });
    await watcher.endAsync();
    const will = { topic: 'last/words', payload: Buffer.from('gone'), qos: 1 as const, properties: { willDelayInterval: 9 } };
    const dying = await connectTls(deployed, { ca: system.ca, clientId: 'dying', will, properties: { sessionExpiryInterval: 3600 } });
    dying.end(true);
    const diedAt = Date.now();
    await asleep();
    await until(async () => (await stateOf()).nextWakeAt !== null, 'the next wake to be shown');
    expect(Date.parse((await stateOf()).nextWakeAt) - diedAt).toBeGreaterThan(8_000);

    // The launcher would start them again at once; a stopped one cannot.
    signalProcess(system.launcher, 'SIGSTOP');
    const dead = [processOf(system, 'api'), processOf(system, 'worker'), postmaster(system)];
    for (const process of dead) signalProcess(process, 'SIGKILL');
    await until(() => !dead.some(isAlive), 'the control plane to be dead');
    await until(() => hasProcess(), 'the runtime to be woken for the will', 15_000);
    await asleep();
    expect(Date.now() - diedAt).toBeGreaterThan(9_000);

    const back = await connectTls(deployed, stored);
    expect(await nextMessage(back)).toMatchObject({ topic: 'last/words', payload: 'gone' });
    await back.endAsync();
    await asleep();
  });

  it('holds a client that comes while the agent is dead, until the next agent wakes it', async () => {
    const agent = processOf(system, 'agent');
    signalProcess(agent, 'SIGKILL');
    await until(() => !isAlive(agent), 'the agent to be dead');
    const held = connectTls(deployed, { ca: system.ca, connectTimeout: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hasProcess()).toBe(false);
    signalProcess(system.launcher, 'SIGCONT');
    await (await held).endAsync();
  });
});

function postmaster(system: RunningSystem): ProcessIdentity {
  const pid = Number(readFileSync(join(system.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  return identify(pid)!;
}
