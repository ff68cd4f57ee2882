/** Story 7: start, stop, kill and start again, in an awkward folder, with nothing left behind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot, NODE } from '../scripts/lib/paths.ts';
import { type ProcessIdentity, isAlive } from '@rookery/service-kit/processes';
import { Api } from './support/api.ts';
import { connectTls, until } from './support/clients.ts';
import { allRuntimes, runtimeProcesses } from './support/runtimes.ts';
import { type RunningSystem, startSystem } from './support/system.ts';

describe('start and stop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-awkward-'));
  const home = join(folder, `a folder with spaces ${'x'.repeat(130 - folder.length)}`);
  let system: RunningSystem;

  beforeAll(async () => {
    mkdirSync(home, { recursive: true });
    system = await startSystem({ ROOKERY_HOME: home });
  });
  afterAll(async () => {
    await system.stop();
    system.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const processes = () => JSON.parse(readFileSync(join(home, 'processes.json'), 'utf8')) as ProcessIdentity[];

  it('listens on loopback only, and Postgres on no port at all', async ({ skip }) => {
    if (spawnSync('ss', ['-V']).status !== 0) return skip('ss (iproute2) is not installed');
    const pids = new Set([...processes(), ...allRuntimes(home)].map(({ pid }) => pid));
    pids.add(Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]));
    const listening = execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => [...pids].some((pid) => line.includes(`pid=${pid},`)));
    expect(listening.length).toBeGreaterThan(2);
    for (const line of listening) expect(line).toMatch(/\s(127\.0\.0\.1|\[::1\]):\d+\s/);
    expect(listening.filter((line) => line.includes('postgres'))).toEqual([]);
  });

  it('keeps its secrets from other users', () => {
    for (const name of ['ready.json', 'first-login.json', 'secrets/kek', 'secrets/session'])
      expect(statSync(join(home, name)).mode & 0o077, name).toBe(0);
    expect(statSync(home).mode & 0o077).toBe(0);
  });

  it('says which port is taken and what to set', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as import('node:net').AddressInfo).port;
    const other = mkdtempSync(join(tmpdir(), 'rookery-port-'));
    const result = spawnSync(NODE, [inRoot('scripts/launcher/main.ts')], {
      env: { ...process.env, ROOKERY_HOME: other, ROOKERY_PORT: String(port) },
      encoding: 'utf8',
      timeout: 30_000,
    });
    server.close();
    rmSync(other, { recursive: true, force: true });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`Port ${port} is used by another program. Set ROOKERY_PORT`);
  });

  it('refuses a second start on the same folder', () => {
    const result = spawnSync(NODE, [inRoot('scripts/launcher/main.ts')], {
      env: { ...process.env, ROOKERY_HOME: home },
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('Rookery runs already with this folder');
    expect(existsSync(join(home, 'ready.json'))).toBe(true);
  });

  it('tells every fault of the configuration at once', () => {
    const result = spawnSync(NODE, [inRoot('scripts/launcher/main.ts')], {
      env: { ...process.env, ROOKERY_HOME: home, ROOKERY_PORT: 'many', ROOKERY_SIGN_UP: 'maybe' },
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('ROOKERY_PORT');
    expect(result.stderr).toContain('ROOKERY_SIGN_UP');
  });

  it('heals after kill -9 of the launcher, with clients able to come back and the data kept', async () => {
    const api = () => new Api(system.ready.graphqlUrl, system.login.apiKey);
    const deployed = await api().deploy('survivor');
    const publisher = await connectTls(deployed, { ca: system.ca });
    await publisher.publishAsync('kept', 'yes', { retain: true, qos: 1 });
    publisher.end(true);
    await system.kill();
    system = await system.restart();
    const subscriber = await connectTls(deployed, { ca: system.ca });
    const message = new Promise<string>((resolve) => subscriber.once('message', (_topic, payload) => resolve(payload.toString())));
    await subscriber.subscribeAsync('kept');
    expect(await message).toBe('yes');
    await subscriber.endAsync();
    expect(
      new Set(
        allRuntimes(home)
          .filter((runtime) => runtime.broker)
          .map((runtime) => runtime.deploymentId),
      ).size,
    ).toBe(2);
  });

  it('leaves no process and no ready.json after Ctrl-C', async () => {
    const before = [...processes(), ...allRuntimes(home)];
    expect(await system.stop()).toBe(0);
    await until(() => !before.some(isAlive), 'every process to be gone');
    expect(allRuntimes(home)).toEqual([]);
    expect(existsSync(join(home, 'ready.json'))).toBe(false);
    system = await system.restart();
  });

  it('a runtime that filled the disk stays stopped when all is started again, until somebody starts it', async () => {
    const api = () => new Api(system.ready.graphqlUrl, system.login.apiKey);
    const { id } = await api().deploy('filler');
    const phaseOf = async (wanted: string) =>
      (await api().query('query ($id: ID!) { deployment(id: $id) { phase phaseReason } }', { id: wanted })).deployment;
    const folder = join(home, 'machine/deployments', id, 'data', 'filled');
    mkdirSync(folder);
    for (let i = 0; i < 4_200; i++) writeFileSync(join(folder, String(i)), '');
    writeFileSync(join(folder, 'large'), Buffer.alloc(40 * 2 ** 20, 1));
    await until(async () => (await phaseOf(id)).phase !== 'RUNNING', 'the runtime to be stopped', 45_000);
    const { phase, phaseReason } = await phaseOf(id);
    expect(phase).toBe('FAILED');
    expect(phaseReason).toContain('more to the disk than its plan allows');
    await system.stop();
    system = await system.restart();
    const { id: later } = await api().deploy('later');
    expect((await phaseOf(later)).phase).toBe('RUNNING');
    expect((await phaseOf(id)).phase).toBe('FAILED');
    expect(runtimeProcesses(system, id)).toEqual([]);
    rmSync(folder, { recursive: true });
    const { operation } = await api().mutate('startDeployment', 'operation { id }', { id });
    await api().operation(operation.id);
    expect((await phaseOf(id)).phase).toBe('RUNNING');
  });
});
