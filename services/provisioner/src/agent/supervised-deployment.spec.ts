import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MachineDeployment } from '@rookery/contracts/machine-protocol';
import { policyDocumentSchema } from '@rookery/contracts/policy-document';
import type { RuntimeStateReport } from '@rookery/contracts/reports';
import { newId } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeProcess } from './runtime-process.js';
import { type DeploymentHost, SupervisedDeployment } from './supervised-deployment.js';

const BUNDLE = resolve(import.meta.dirname, '../../../broker-runtime/dist/runtime.mjs');
const log = createLogger('test', 'silent');
const deploymentId = newId('deployment');
const organizationId = newId('organization');

let folder: string;
let states: RuntimeStateReport[];
let routes: Set<string>;
let portProblem: RuntimeStateReport['problem'];
let supervised: SupervisedDeployment;

const run = () => join(folder, 'run');
const data = () => join(folder, 'data');
const remembered = () => JSON.parse(readFileSync(join(run(), 'process.json'), 'utf8')).processes[0] as { pid: number };

/** The process driver without its walls: what is tested here is the supervision. */
const host = (): DeploymentHost => ({
  isolation: 'plain',
  prepare: () => {},
  start: (id, incarnation, { durability, storeBytesMax }) => {
    for (const each of [run(), data()]) mkdirSync(each, { recursive: true });
    const sockets = ['--unix', join(run(), 'mqtt.sock'), '--proxy-protocol', '--admin', join(run(), 'admin.sock')];
    const store = ['--data', data(), '--durability', durability, '--store-bytes-max', String(storeBytesMax)];
    const identity = ['--deployment', id, '--incarnation', incarnation, '--await-policy'];
    const command = { file: process.execPath, args: [BUNDLE, ...sockets, ...store, ...identity] };
    return RuntimeProcess.start(command, incarnation, { runDir: run(), logFile: join(folder, 'runtime.log') }, {});
  },
  adopt: () => RuntimeProcess.adopt(run()),
  adminSocket: () => join(run(), 'admin.sock'),
  openRoute: async ({ runtime }) => {
    routes.add(runtime.deploymentId);
    return portProblem;
  },
  closeRoute: async (id) => void routes.delete(id),
  refusal: () => null,
  erase: async () => rmSync(data(), { recursive: true }),
  report: () => {},
  state: (state) => states.push(state),
});

function wish(generation: number, state: MachineDeployment['runtime']['state'], revision = generation): MachineDeployment {
  const limits = { durability: 'durable' as const, memoryBytesMax: 256 * 2 ** 20, storeBytesMax: 64 * 2 ** 20 };
  const ports = { mqtts: 20_000, mqtt: null };
  return {
    runtime: { deploymentId, organizationId, generation, state, slug: 'one', ports, ...limits },
    policy: policyDocumentSchema.parse({ revision, allowAnonymous: true }),
    sleepAfterSeconds: null,
  };
}

const last = () => states.at(-1);
const until = (expected: Partial<RuntimeStateReport>, timeout = 10_000) =>
  expect.poll(last, { timeout, interval: 10 }).toMatchObject(expected);

describe('a supervised deployment', () => {
  beforeAll(() => {
    if (!existsSync(BUNDLE)) throw new Error('the runtime is not built: npm run build');
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rk-sup-'));
    states = [];
    routes = new Set();
    portProblem = null;
    supervised = new SupervisedDeployment(wish(1, 'RUNNING'), host(), log);
    supervised.look();
    await until({ state: 'RUNNING' });
  });
  afterEach(async () => {
    await supervised.shutDown();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts with its policy, and takes a newer one in place', async () => {
    expect(states.map(({ state }) => state)).toEqual(['STARTING', 'RUNNING']);
    expect(last()).toMatchObject({ appliedRevision: 1, restarts: 0, problem: null });
    const { incarnation } = last()!;
    supervised.want(wish(1, 'RUNNING', 7));
    await until({ appliedRevision: 7, incarnation });
  });

  it('is back within two seconds of its death, as another incarnation', async () => {
    const { incarnation } = last()!;
    const killedAt = Date.now();
    process.kill(remembered().pid, 'SIGKILL');
    await until({ state: 'RUNNING', restarts: 1 });
    expect(Date.now() - killedAt).toBeLessThan(2_000);
    expect(last()!.incarnation).not.toBe(incarnation);
    expect(states.map(({ state }) => state)).toContain('EXITED');
  });

  it('is adopted by the next agent, not started twice', async () => {
    const [{ incarnation }, { pid }] = [last()!, remembered()];
    supervised.release();
    states = [];
    supervised = new SupervisedDeployment(wish(1, 'RUNNING'), host(), log);
    supervised.look();
    await until({ state: 'RUNNING', incarnation });
    expect(states.map(({ state }) => state)).not.toContain('STARTING');
    expect(remembered().pid).toBe(pid);
  });

  it.each(['RUNNING', 'STOPPED'] as const)(
    'whose agent died before it knew the process is found and ended by the next: %s',
    async (state) => {
      const [{ incarnation }, { pid }] = [last()!, remembered()];
      supervised.release();
      writeFileSync(join(run(), 'process.json'), JSON.stringify({ incarnation, processes: [], complete: false }));
      supervised = new SupervisedDeployment(wish(2, state), host(), log);
      supervised.look();
      await until({ state, generation: 2 });
      expect(last()!.incarnation).not.toBe(incarnation);
      expect(() => process.kill(pid, 0)).toThrow();
      expect(existsSync(join(run(), 'process.json'))).toBe(state === 'RUNNING');
    },
  );

  it('starts anew when the last agent died before it had started anything', async () => {
    supervised.want(wish(2, 'STOPPED'));
    await until({ state: 'STOPPED' });
    await supervised.shutDown();
    writeFileSync(join(run(), 'process.json'), JSON.stringify({ incarnation: 'never-started', processes: [], complete: false }));
    supervised = new SupervisedDeployment(wish(3, 'RUNNING'), host(), log);
    supervised.look();
    await until({ state: 'RUNNING', generation: 3 });
    expect(last()!.incarnation).not.toBe('never-started');
  });

  it('keeps its data when it is stopped and loses it when it is deleted', async () => {
    const { pid } = remembered();
    supervised.want(wish(2, 'STOPPED'));
    await until({ state: 'STOPPED', generation: 2 });
    expect(() => process.kill(pid, 0)).toThrow();
    expect(routes.size).toBe(0);
    expect(existsSync(data())).toBe(true);
    supervised.want(wish(3, 'DELETED'));
    await until({ state: 'DELETED', generation: 3 });
    expect(existsSync(data())).toBe(false);
    expect(supervised.erased).toBe(true);
  });

  it('names a damaged store', async () => {
    supervised.want(wish(2, 'STOPPED'));
    await until({ state: 'STOPPED' });
    damageStore();
    supervised.want(wish(3, 'RUNNING'));
    await until({ state: 'FAILED', generation: 3, problem: { code: 'STORE_CORRUPT', message: expect.any(String) } });
  });

  it('runs and says so where its port is taken', async () => {
    portProblem = { code: 'PORT_TAKEN', message: 'Port 20000 cannot be opened.' };
    supervised.want(wish(1, 'RUNNING', 2));
    await until({ state: 'RUNNING', problem: portProblem });
  });
});

/** Flips the first bytes of every segment. */
function damageStore(): void {
  for (const name of readdirSync(data(), { recursive: true, encoding: 'utf8' })) {
    const path = join(data(), name);
    if (!/\d/.test(name)) continue;
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.from('damaged!'), 0, 8, 0);
    closeSync(file);
  }
}
