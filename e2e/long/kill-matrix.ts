/**
 * `kill -9` of each process of the system at random moments of a deployment's life. Afterwards nothing may be left open:
 * no operation, no process without a row, no row without its process, never two runtimes of one deployment; and no client
 * of another deployment is cut by the death of api, worker or agent.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { identify, isAlive, type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';
import { Api, type Deployed } from '../support/api.ts';
import { connectTls, until } from '../support/clients.ts';
import { allRuntimes } from '../support/runtimes.ts';
import { processOf, type RunningSystem, startSystem } from '../support/system.ts';
import { seededRandom } from './random.ts';

const VICTIMS = ['api', 'worker', 'agent', 'edge', 'runtime', 'postgres'] as const;
type Victim = (typeof VICTIMS)[number];
/** Deaths that must not be noticed by a connected client. */
const SILENT: readonly Victim[] = ['api', 'worker', 'agent', 'postgres'];
/** A kill comes within this time of the request, ms: before, during and after the work. */
const WINDOW_MS = 400;
const SETTLE_MS = 60_000;

export interface KillMatrixOptions {
  seed: number;
  /** Kills per process. */
  rounds: number;
  say: (line: string) => void;
}

export async function killMatrix({ seed, rounds, say }: KillMatrixOptions): Promise<void> {
  const random = seededRandom(seed);
  const system = await startSystem({ ROOKERY_EDGE_PROCESSES: '1' });
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    const witness = await api.deploy('witness');
    for (const victim of VICTIMS) {
      let slowest = 0;
      for (let round = 0; round < rounds; round++) slowest = Math.max(slowest, await oneKill(system, api, witness, victim, random));
      say(`${victim}: ${rounds} kills, everything settled, slowest after ${slowest} ms`);
    }
  } finally {
    await system.stop();
    system.remove();
  }
}

/** Resolves to how long it took to settle, ms. */
async function oneKill(system: RunningSystem, api: Api, witness: Deployed, victim: Victim, random: () => number): Promise<number> {
  const client = await connectWitness(system, witness);
  let cut = false;
  client.once('close', () => {
    cut = true;
  });
  const life = liveOneLife(api, `life-${Math.floor(random() * 1e9)}`, random);
  const doubled = watchForDoubles(system);
  await new Promise((wake) => setTimeout(wake, random() * WINDOW_MS));
  const pids = victimsOf(system, victim);
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
  const killedAt = Date.now();
  await life;
  await until(() => settled(system, api), `everything to settle after the death of ${victim}`, SETTLE_MS);
  (await connectWitness(system, witness, 'late witness')).end(true);
  const settledAfter = Date.now() - killedAt;
  const pairs = doubled.stop();
  if (pairs.length > 0) throw new Error(`two runtimes of one deployment at one time: ${pairs.join(', ')}`);
  if (cut && SILENT.includes(victim)) throw new Error(`a client was cut by the death of ${victim}`);
  client.end(true);
  return settledAfter;
}

/** The edge or the runtime may be starting again at this moment. */
async function connectWitness(system: RunningSystem, witness: Deployed, clientId = 'witness'): Promise<MqttClient> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    try {
      return await connectTls(witness, { ca: system.ca, clientId, keepalive: 5 });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }
}

/** Create, stop, start and delete in a row; what an outage refuses is asked again. */
async function liveOneLife(api: Api, name: string, random: () => number): Promise<void> {
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    const deadline = Date.now() + SETTLE_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await new Promise((wake) => setTimeout(wake, 50));
      }
    }
  };
  const end = (id: string) =>
    again(async () => {
      const { state } = await api.operation(id);
      if (state !== 'SUCCEEDED') throw new Error(`operation is ${state}`);
    });
  const created = await again(() => api.mutate('createDeployment', 'deployment { id } operation { id }', { name, idempotencyKey: name }));
  const id = created.deployment.id as string;
  if (random() < 0.7) await end(created.operation.id);
  for (const verb of ['stopDeployment', 'startDeployment', 'deleteDeployment'] as const) {
    const phase = verb === 'stopDeployment' ? 'RUNNING' : verb === 'startDeployment' ? 'STOPPED' : null;
    if (phase !== null)
      await again(async () => {
        const { deployment } = await api.query('query ($id: ID!) { deployment(id: $id) { phase } }', { id });
        if (deployment.phase !== phase) throw new Error(`phase is ${deployment.phase}`);
      });
    // An answer that was lost may have been carried out all the same.
    const asked = await again(async () => {
      const payload = await api.tryMutate(verb, 'operation { id }', { id });
      if (
        payload.userErrors.some((error: { code: string }) => !['PHASE_CONFLICT', 'NOT_FOUND', 'OPERATION_IN_PROGRESS'].includes(error.code))
      )
        throw new Error(JSON.stringify(payload.userErrors));
      return payload.operation as { id: string } | null;
    });
    if (asked !== null && verb !== 'deleteDeployment') await end(asked.id);
  }
}

/** No operation open, runtimes exactly those of the rows that run. */
async function settled(system: RunningSystem, api: Api): Promise<boolean> {
  try {
    const data = await api.query('{ operations(first: 50) { nodes { state } } deployments(first: 100) { nodes { id phase } } }');
    const open = data.operations.nodes.filter(
      (operation: { state: string }) => operation.state === 'PENDING' || operation.state === 'RUNNING',
    );
    const rows = data.deployments.nodes as { id: string; phase: string }[];
    const running = rows
      .filter((row) => row.phase === 'RUNNING')
      .map((row) => row.id)
      .sort();
    const processes = allRuntimes(system.home)
      .filter((runtime) => runtime.broker)
      .map((runtime) => runtime.deploymentId)
      .sort();
    return (
      open.length === 0 &&
      rows.every((row) => row.phase === 'RUNNING' || row.phase === 'STOPPED') &&
      JSON.stringify(running) === JSON.stringify(processes)
    );
  } catch {
    return false;
  }
}

function watchForDoubles(system: RunningSystem): { stop(): string[] } {
  const found = new Set<string>();
  const timer = setInterval(() => {
    const ids = allRuntimes(system.home)
      .filter((runtime) => runtime.broker)
      .map((runtime) => runtime.deploymentId);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.add(id);
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}

function victimsOf(system: RunningSystem, victim: Victim): ProcessIdentity[] {
  try {
    if (victim === 'postgres')
      return [identify(Number(readFileSync(join(system.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]))].filter(
        (found) => found !== null,
      );
    if (victim !== 'runtime') return [processOf(system, victim)].filter(isAlive);
    return allRuntimes(system.home).filter((runtime) => runtime.broker);
  } catch {
    // It is being restarted right now: nobody to kill at this moment.
    return [];
  }
}
