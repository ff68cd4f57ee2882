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
import { policyDocumentSchema } from '@rookery/contracts/policy-document';
import type { RuntimeStateReport } from '@rookery/contracts/reports';
import { newId } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Gate } from './gate.js';
import type { KnownDeployment } from './known-deployments.js';
import { RuntimeProcess } from './runtime-process.js';
import { type DeploymentHost, SupervisedDeployment } from './supervised-deployment.js';

const BUNDLE = resolve(import.meta.dirname, '../../../broker-runtime/dist/runtime.mjs');
const log = createLogger('test', 'silent');
const NEWEST = '0.1.0+000000000001';
const deploymentId = newId('deployment');
const organizationId = newId('organization');

let folder: string;
let states: RuntimeStateReport[];
let routes: Set<string>;
let portProblem: RuntimeStateReport['problem'];
let supervised: SupervisedDeployment;
/** Of the policy on disk. */
let revision: number;
let sleepAfterSeconds: number | null;
/** Limits that were given to the running process. */
let memory: number[];

const run = () => join(folder, 'run');
const data = () => join(folder, 'data');
const remembered = () => JSON.parse(readFileSync(join(run(), 'process.json'), 'utf8')).processes[0] as { pid: number };

/** The process driver without its walls: what is tested here is the supervision. */
const host = (): DeploymentHost => ({
  isolation: 'plain',
  versionFor: (wanted) => wanted ?? NEWEST,
  starts: new Gate(4),
  sleepFile: () => join(folder, 'sleep.json'),
  policyOf: () => policyDocumentSchema.parse({ revision, allowAnonymous: true }),
  prepare: async () => {},
  rest: async () => {},
  start: (id, incarnation, { durability, brokerVersion }) => {
    for (const each of [run(), data()]) mkdirSync(each, { recursive: true });
    const sockets = ['--unix', join(run(), 'mqtt.sock'), '--proxy-protocol', '--admin', join(run(), 'admin.sock')];
    const store = ['--data', data(), '--durability', durability];
    const identity = ['--deployment', id, '--incarnation', incarnation, '--await-policy'];
    const command = { file: process.execPath, args: [BUNDLE, ...sockets, ...store, ...identity] };
    return RuntimeProcess.start(command, incarnation, { runDir: run(), logFile: join(folder, 'runtime.log') }, {}, brokerVersion ?? NEWEST);
  },
  limit: (_id, { memoryBytesMax }) => {
    memory.push(memoryBytesMax);
    return true;
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

function wish(generation: number, state: KnownDeployment['runtime']['state'], policyRevision = generation): KnownDeployment {
  const limits = { durability: 'durable' as const, memoryBytesMax: 256 * 2 ** 20, storeBytesMax: 64 * 2 ** 20, brokerVersion: null };
  const ports = { mqtts: 20_000, mqtt: null };
  revision = policyRevision;
  return {
    runtime: { deploymentId, organizationId, generation, state, slug: 'one', ports, ...limits },
    policyRevision,
    storeBytesMax: limits.storeBytesMax,
    sleepAfterSeconds,
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
    memory = [];
    sleepAfterSeconds = null;
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

  it('stops and starts for another version, and for nothing less', async () => {
    const { incarnation } = last()!;
    expect(last()).toMatchObject({ brokerVersion: NEWEST });
    const same = wish(2, 'RUNNING', 1);
    supervised.want({ ...same, runtime: { ...same.runtime, brokerVersion: NEWEST } });
    await until({ state: 'RUNNING', generation: 2, incarnation, brokerVersion: NEWEST });
    const other = wish(3, 'RUNNING', 1);
    const brokerVersion = '0.2.0+000000000002';
    supervised.want({ ...other, runtime: { ...other.runtime, brokerVersion } });
    await until({ state: 'RUNNING', generation: 3, brokerVersion, restarts: 0 });
    expect(last()!.incarnation).not.toBe(incarnation);
    expect(remembered()).toBeDefined();
  });

  it('knows the version of a runtime that an earlier agent started', async () => {
    const { incarnation } = last()!;
    supervised.release();
    supervised = new SupervisedDeployment(wish(1, 'RUNNING'), host(), log);
    supervised.look();
    await until({ state: 'RUNNING', incarnation, brokerVersion: NEWEST });
  });

  it('takes a new generation with other limits in place: the process goes on', async () => {
    const { incarnation } = last()!;
    const larger = wish(2, 'RUNNING', 8);
    supervised.want({ ...larger, runtime: { ...larger.runtime, memoryBytesMax: 512 * 2 ** 20 } });
    await until({ state: 'RUNNING', generation: 2, appliedRevision: 8, incarnation, restarts: 0 });
    expect(memory).toEqual([256 * 2 ** 20, 512 * 2 ** 20]);
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

  describe('that may sleep', () => {
    const asleep = () => until({ state: 'ASLEEP', incarnation: null });
    const processes = () => existsSync(join(run(), 'process.json'));
    /** As an agent that was killed leaves it; the next one begins. */
    const nextAgent = (wanted = wish(1, 'RUNNING')) => {
      supervised.release();
      states = [];
      supervised = new SupervisedDeployment(wanted, host(), log);
      supervised.look();
    };
    beforeEach(() => {
      sleepAfterSeconds = 1;
      supervised.want(wish(1, 'RUNNING'));
    });

    it('ends its process, keeps its route, and says so', async () => {
      await asleep();
      expect(processes()).toBe(false);
      expect(routes).toContain(deploymentId);
      expect(last()!.sleep).toMatchObject({ asleepSince: expect.any(String), nextWakeAt: null, wakes: 0 });
      expect(states.map(({ state }) => state)).not.toContain('EXITED');
    });

    it('wakes once for all that ask, under the newest policy', async () => {
      await asleep();
      supervised.want(wish(1, 'RUNNING', 9));
      await until({ state: 'ASLEEP', appliedRevision: 9 });
      expect(processes()).toBe(false);
      states = [];
      const woken = await Promise.all([1, 2, 3].map(() => supervised.wake('client')));
      expect(woken).toEqual([1, 2, 3].map(() => ({ ok: true, retryMs: null })));
      await until({ state: 'RUNNING', appliedRevision: 9, sleep: expect.objectContaining({ asleepSince: null, wakes: 1 }) });
      expect(states.filter(({ state }) => state === 'STARTING')).toHaveLength(1);
    });

    it('sleeps again soon after a wake by which nobody came in, and is then not woken at once', async () => {
      await asleep();
      await supervised.wake('client');
      await until({ state: 'RUNNING' });
      await asleep();
      const { ok, retryMs } = await supervised.wake('client');
      expect(ok).toBe(false);
      expect(retryMs).toBeGreaterThan(0);
      expect(processes()).toBe(false);
    });

    it('goes on sleeping when its agent dies, and is woken by the next', async () => {
      await asleep();
      nextAgent();
      await asleep();
      expect(states.map(({ state }) => state)).not.toContain('STARTING');
      expect(await supervised.wake('client')).toMatchObject({ ok: true });
    });

    it('whose agent died while it fell asleep runs on, and falls asleep with the next', async () => {
      const { pid } = remembered();
      // The last that agent did: it has noted the sleep, and has not ended the process.
      const record = { asleepSince: new Date().toISOString(), nextWakeAt: null, wakes: 0, lastWake: null, futile: 0, notBefore: 0 };
      sleepAfterSeconds = 3;
      supervised.release();
      writeFileSync(join(folder, 'sleep.json'), JSON.stringify(record));
      nextAgent();
      await until({ state: 'RUNNING' });
      expect(remembered().pid).toBe(pid);
      await asleep();
    });

    it('whose agent died while it woke is taken over by the next', async () => {
      await asleep();
      void supervised.wake('client');
      await until({ state: 'STARTING' });
      nextAgent();
      await expect.poll(() => last()?.state, { timeout: 10_000 }).toMatch(/^(RUNNING|ASLEEP)$/);
      expect(await supervised.wake('client')).toMatchObject({ ok: true });
      await asleep();
    });

    it.each(['STOPPED', 'DELETED'] as const)('is %s from its sleep without a start', async (state) => {
      await asleep();
      states = [];
      supervised.want(wish(2, state));
      await until({ state, generation: 2 });
      expect(states.map((each) => each.state)).toEqual([state]);
      expect(await supervised.wake('client')).toEqual({ ok: false, retryMs: null });
    });

    it('answers for a newer generation without waking, and starts with it', async () => {
      await asleep();
      supervised.want(wish(2, 'RUNNING'));
      await until({ state: 'ASLEEP', generation: 2 });
      await supervised.wake('client');
      await until({ state: 'RUNNING', generation: 2 });
    });

    it('stays awake once it is told never to sleep', async () => {
      sleepAfterSeconds = null;
      supervised.want(wish(1, 'RUNNING'));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(last()).toMatchObject({ state: 'RUNNING' });
    });
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
