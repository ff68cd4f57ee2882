/** Story 6: with api, worker and database dead, devices notice nothing; what was revoked stays revoked. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, type ProcessIdentity, identify, signalProcess } from '@rookery/service-kit/processes';
import { Api, type Deployed } from './support/api.ts';
import { connectTls, nextMessage, until } from './support/clients.ts';
import { runtimeProcesses } from './support/runtimes.ts';
import { processOf, type RunningSystem, startSystem } from './support/system.ts';

describe('outage of the control plane', () => {
  let system: RunningSystem;
  let deployed: Deployed;
  let asleep: Deployed;
  let revokedSecret: string;

  beforeAll(async () => {
    system = await startSystem();
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    deployed = await api.deploy('outage');
    asleep = await api.deploy('revoked-while-stopped');
    const { credential, secret } = await api.mutate('createCredential', 'credential { id } secret', {
      deploymentId: asleep.id,
      username: 'revoked',
    });
    revokedSecret = secret;
    const stopped = await api.mutate('stopDeployment', 'operation { id }', { id: asleep.id });
    expect((await api.operation(stopped.operation.id)).state).toBe('SUCCEEDED');
    await api.mutate('deleteCredential', 'deletedId', { id: credential.id });
    const started = await api.mutate('startDeployment', 'operation { id }', { id: asleep.id });
    expect((await api.operation(started.operation.id)).state).toBe('SUCCEEDED');
  });

  afterAll(async () => {
    // The launcher restarts what was paused; it must be awake to stop.
    signalProcess(system.launcher, 'SIGCONT');
    await system.stop();
    system.remove();
  });

  it('lets clients connect, be refused and publish; brings a killed runtime back with all that was acknowledged', async () => {
    const connected = await connectTls(deployed, { ca: system.ca, clientId: 'before' });
    const stored = await connectTls(deployed, {
      ca: system.ca,
      clientId: 'stored',
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
    });
    await stored.subscribeAsync('queue/#', { qos: 1 });
    await stored.endAsync();
    await connected.publishAsync('kept', 'retained', { retain: true, qos: 1 });
    await connected.publishAsync('queue/1', 'queued', { qos: 1 });

    // The launcher would start them again at once; a stopped one cannot.
    signalProcess(system.launcher, 'SIGSTOP');
    const dead = [processOf(system, 'api'), processOf(system, 'worker'), postmaster(system)];
    for (const process of dead) signalProcess(process, 'SIGKILL');
    await until(() => !dead.some(isAlive), 'the control plane to be dead');

    expect(connected.connected).toBe(true);
    const newcomer = await connectTls(deployed, { ca: system.ca, clientId: 'during' });
    await newcomer.subscribeAsync('news', { qos: 1 });
    const news = nextMessage(newcomer);
    await connected.publishAsync('news', 'hello', { qos: 1 });
    expect(await news).toMatchObject({ payload: 'hello' });
    await expect(connectTls({ ...deployed, secret: 'wrong' }, { ca: system.ca })).rejects.toMatchObject({ code: 0x86 });
    await expect(connectTls({ ...asleep, username: 'revoked', secret: revokedSecret }, { ca: system.ca })).rejects.toMatchObject({
      code: 0x86,
    });

    for (const process of runtimeProcesses(system, deployed.id)) signalProcess(process, 'SIGKILL');
    const killedAt = Date.now();
    let back: Awaited<ReturnType<typeof connectTls>> | null = null;
    await until(
      async () =>
        (back = await connectTls(deployed, {
          ca: system.ca,
          clientId: 'stored',
          clean: false,
          properties: { sessionExpiryInterval: 3600 },
        }).catch(() => null)) !== null,
      'the runtime to be back',
      5_000,
    );
    expect(Date.now() - killedAt).toBeLessThan(2_000);
    expect(await nextMessage(back!)).toMatchObject({ topic: 'queue/1', payload: 'queued' });
    await back!.subscribeAsync('kept');
    expect(await nextMessage(back!)).toMatchObject({ payload: 'retained', retain: true });
    await back!.endAsync(true);
    await newcomer.endAsync(true);
    connected.end(true);
  });

  it('goes on with changes when the control plane is back', async () => {
    signalProcess(system.launcher, 'SIGCONT');
    await system.kill();
    system = await system.restart();
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    const after = await api.deploy('after-the-outage');
    const client = await connectTls(after, { ca: system.ca });
    await client.endAsync();
  });
});

function postmaster(system: RunningSystem): ProcessIdentity {
  const pid = Number(readFileSync(join(system.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  return identify(pid)!;
}
