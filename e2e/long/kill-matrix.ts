/**
 * `kill -9` of each process of the system at random moments of a deployment's life. Afterwards nothing may be left open:
 * no operation, no process without a row, no row without its process, never two runtimes of one deployment; and no client
 * of another deployment is cut by the death of api, worker or agent. The system runs with its default settings.
 */
import type { MqttClient } from 'mqtt';
import { Api, type Deployed } from '../support/api.ts';
import { connectTls, until } from '../support/clients.ts';
import { keepLogs, type RunningSystem, startSystem } from '../support/system.ts';
import { Life } from './life.ts';
import { seededRandom } from './random.ts';
import { settled, watchForDoubles } from './settled.ts';
import { killOne, VICTIMS, type Victim } from './victims.ts';

/** Deaths that must not be noticed by a connected client. */
const SILENT: readonly Victim[] = ['api', 'worker', 'agent', 'postgres'];
const SETTLE_MS = 60_000;
/** A round that takes longer has waited for a resync: it is named, and the logs of its system are kept. */
const SLOW_MS = 8_000;

export interface KillMatrixOptions {
  seed: number;
  /** Kills per process. */
  rounds: number;
  say: (line: string) => void;
}

interface Kill {
  /** What the deployment was doing. */
  during: string;
  /** Until nothing was open and a new client was let in, ms. */
  settledAfter: number;
}

export async function killMatrix({ seed, rounds, say }: KillMatrixOptions): Promise<void> {
  const random = seededRandom(seed);
  const system = await startSystem({ ROOKERY_RESYNC_SECONDS: '10' });
  let slow = false;
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    const witness = await api.deploy('witness');
    const windowMs = await usualLife(api);
    say(`seed ${seed}; an undisturbed life (create, stop, start, delete) takes ${windowMs} ms`);
    for (const victim of VICTIMS) {
      const kills: Kill[] = [];
      // A moment at which the life was over already, or at which nobody was there to be killed, is no round.
      for (let attempt = 0; kills.length < rounds; attempt++) {
        if (attempt > rounds * 5) throw new Error(`only ${kills.length} of ${rounds} kills of ${victim} met a living process`);
        const kill = await oneRound({ system, api, witness, victim, random, windowMs });
        if (kill !== null) kills.push(kill);
        if (kill !== null && kill.settledAfter > SLOW_MS) {
          slow = true;
          say(`  slow: ${victim} killed during ${kill.during} at ${new Date().toISOString()}, settled after ${kill.settledAfter} ms`);
        }
      }
      say(`${victim}: ${figures(kills)}`);
    }
  } catch (error) {
    slow = true;
    throw error;
  } finally {
    await system.stop();
    if (slow) say(`logs kept in ${keepLogs(system, `kill-matrix-seed-${seed}`)}`);
    system.remove();
  }
}

function figures(kills: readonly Kill[]): string {
  const times = kills.map((kill) => kill.settledAfter).sort((a, b) => a - b);
  const during = [...new Set(kills.map((kill) => kill.during))].map(
    (stage) => `${stage} ${kills.filter((kill) => kill.during === stage).length}`,
  );
  return `${kills.length} kills (${during.join(', ')}), settled after ${times[times.length >> 1]} ms in the median, ${times.at(-1)} ms at most`;
}

/** How long a life takes when nobody is killed, ms: the longest of three. */
async function usualLife(api: Api): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const startedAt = Date.now();
    await new Life(api, `undisturbed-${round}`, true).run(SETTLE_MS);
    times.push(Date.now() - startedAt);
  }
  return Math.max(...times);
}

interface Round {
  system: RunningSystem;
  api: Api;
  witness: Deployed;
  victim: Victim;
  random: () => number;
  windowMs: number;
}

/** Null when the life was over before anybody could be killed. */
async function oneRound({ system, api, witness, victim, random, windowMs }: Round): Promise<Kill | null> {
  const client = await connectWitness(system, witness);
  let cut = false;
  client.once('close', () => {
    cut = true;
  });
  const life = new Life(api, `life-${Math.floor(random() * 1e9)}`, random() < 0.7);
  const [delayMs, pick] = [random() * windowMs, random()];
  const lived = life.run(SETTLE_MS);
  const doubled = watchForDoubles(system);
  await new Promise((wake) => setTimeout(wake, delayMs));
  let killed = 0;
  let during: string = life.stage;
  while (killed === 0 && life.stage !== 'over') {
    during = life.stage;
    killed = await killOne(system, victim, pick);
    if (killed === 0) await new Promise((wake) => setTimeout(wake, 5));
  }
  const killedAt = Date.now();
  await lived;
  await until(() => settled(system, api), `everything to settle after the death of ${victim}`, SETTLE_MS);
  (await connectWitness(system, witness, 'late witness')).end(true);
  const settledAfter = Date.now() - killedAt;
  const pairs = doubled.stop();
  if (pairs.length > 0) throw new Error(`two runtimes of one deployment at one time: ${pairs.join(', ')}`);
  if (cut && SILENT.includes(victim)) throw new Error(`a client was cut by the death of ${victim}`);
  client.end(true);
  return killed === 0 ? null : { during, settledAfter };
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
