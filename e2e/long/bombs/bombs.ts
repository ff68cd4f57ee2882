/**
 * Bombs from inside: code that runs as a tenant's runtime, in its sandbox, takes processes, memory and disk without end.
 * Each must be refused, and a neighbour with a steady load must hardly notice: the 99th percentile of its round trips while
 * a bomb goes on, against the same just before it, in the median of alternated rounds. As root also with the data of each
 * tenant in an image of its own, where only the disk is another.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { MqttClient } from 'mqtt';
import { percentile } from '../../../bench/report.ts';
import type { Api, Deployed } from '../../support/api.ts';
import { connectTls, until } from '../../support/clients.ts';
import { signUp } from '../../support/people.ts';
import { keepLogs, type RunningSystem, startSystem } from '../../support/system.ts';
import { carryCode, dockerSettings, type Kind, KIND_REGIONS, kindsHere, readReached, takeOver, type Tenant } from './taken-over.ts';

const MIB = 2 ** 20;
const RATIO_MAX = 2;
const WINDOW_MS = 4_000;
const MESSAGES_PER_SECOND = 100;
const REFUSAL_MS_MAX = 20_000;
/** Beside what a broker itself is made of. */
const PROCESSES_MAX = 64;
/** Of its plan, 1.5 GiB, and what is not counted yet. */
const MEMORY_BYTES_MAX = 2 * 2 ** 30;
const BOMBS = ['fork', 'memory', 'disk'] as const;
type Bomb = (typeof BOMBS)[number];

export interface BombsOptions {
  rounds: number;
  say: (line: string) => void;
}

export async function bombs({ rounds, say }: BombsOptions): Promise<void> {
  const complaints = await inOneSystem({ rounds, say, images: false });
  if (process.getuid!() === 0) complaints.push(...(await inOneSystem({ rounds, say, images: true })));
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

interface Round extends BombsOptions {
  /** Each tenant's data lies in an image of its own. */
  images: boolean;
}

async function inOneSystem(options: Round): Promise<string[]> {
  const system = await startSystem({ ROOKERY_STORE_IMAGES: options.images ? 'on' : 'off', ...(await dockerSettings()) });
  const complaints: string[] = [];
  try {
    for (const kind of kindsHere()) complaints.push(...(await besideOneKind(system, kind, options)));
  } catch (error) {
    options.say(`logs kept in ${keepLogs(system, 'bombs')}`);
    throw error;
  } finally {
    await system.stop();
    system.remove();
  }
  return complaints;
}

async function besideOneKind(system: RunningSystem, kind: Kind, { rounds, say, images }: Round): Promise<string[]> {
  const region = KIND_REGIONS[kind];
  const [theirs, ours] = [await signUp(system.ready.consoleUrl), await signUp(system.ready.consoleUrl)];
  await ours.untilRegion(region);
  if (kind === 'process') carryCode(system);
  const tenant = await takeOver(system, theirs, kind);
  const neighbour = await Neighbour.open(system, await ours.deploy('neighbour', { region }));
  const complaints: string[] = [];
  try {
    const { deployment } = await theirs.query('query ($id: ID!) { deployment(id: $id) { isolation } }', { id: tenant.id });
    for (const bomb of images ? (['disk'] as const) : BOMBS) {
      const ratios: number[] = [];
      const p99s: { before: number; beside: number }[] = [];
      const refusals: Refusal[] = [];
      for (let round = 0; round < rounds; round++) {
        await tenant.listen();
        const before = await neighbour.p99(WINDOW_MS);
        tenant.order(bomb);
        const beside = await neighbour.p99(WINDOW_MS);
        refusals.push(await refusalOf(theirs, tenant, bomb));
        tenant.callOff();
        p99s.push({ before, beside });
        ratios.push(beside / before);
        await recover(theirs, tenant);
      }
      const ratio = percentile(ratios, 0.5);
      const ms = (name: 'before' | 'beside') =>
        percentile(
          p99s.map((each) => each[name]),
          0.5,
        ).toFixed(1);
      say(
        `${kind} (${deployment.isolation}${images ? ', image' : ''}), ${bomb}: ${refusals.map(({ words }) => words).join('; ')}. ` +
          `Neighbour’s p99 ${ms('before')} ms before, ${ms('beside')} ms beside; ratio ${ratio.toFixed(2)} (bar ${RATIO_MAX})`,
      );
      if (refusals.some(({ refused }) => !refused)) complaints.push(`${kind}: the ${bomb} bomb was not refused`);
      if (!(ratio <= RATIO_MAX)) complaints.push(`${kind}: a neighbour’s p99 was ${ratio.toFixed(2)} times as long beside a ${bomb} bomb`);
    }
  } finally {
    await neighbour.close();
  }
  return complaints;
}

interface Refusal {
  refused: boolean;
  words: string;
}

/** A disk takes its time to be full. */
async function refusalOf(api: Api, tenant: Tenant, bomb: Bomb): Promise<Refusal> {
  for (const deadline = Date.now() + REFUSAL_MS_MAX; ; await sleep(200)) {
    const refusal = await whatBecameOf(api, tenant, bomb);
    if (refusal.refused || Date.now() > deadline) return refusal;
  }
}

async function whatBecameOf(api: Api, tenant: Tenant, bomb: Bomb): Promise<Refusal> {
  const { id, dataFolder } = tenant;
  const reached = readReached(tenant);
  const { deployment } = await api.query('query ($id: ID!) { deployment(id: $id) { phase phaseReason } }', { id });
  if (reached === null || Object.keys(reached).length === 0) return { refused: false, words: 'nothing went off' };
  if (bomb === 'fork') {
    const { started, refused } = reached;
    return { refused: refused > 0 && started <= PROCESSES_MAX, words: `${started} processes, then ${refused} refused` };
  }
  if (bomb === 'memory') {
    const megabytes = Math.round(reached.bytes / MIB);
    return { refused: reached.bytes < MEMORY_BYTES_MAX, words: `ended at ${megabytes} MiB` };
  }
  const megabytes = Math.round(takenBy(dataFolder) / MIB);
  const stopped = deployment.phase === 'FAILED';
  return {
    refused: stopped || (reached.errors as string[]).includes('ENOSPC'),
    words: `${megabytes} MiB on disk, then ${stopped ? deployment.phaseReason : (reached.errors as string[]).join(', ')}`,
  };
}

function takenBy(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).blocks * 512, 0);
}

/** Back to a broker that runs. */
async function recover(api: Api, { id, dataFolder }: Tenant): Promise<void> {
  for (const name of readdirSync(dataFolder)) if (name.startsWith('bomb')) rmSync(join(dataFolder, name), { force: true });
  const phase = async () => (await api.query('query ($id: ID!) { deployment(id: $id) { phase } }', { id })).deployment.phase as string;
  if ((await phase()) === 'FAILED') {
    const { operation } = await api.mutate('startDeployment', 'operation { id }', { id });
    await api.operation(operation.id);
  }
  await until(async () => (await phase()) === 'RUNNING', 'the tenant to run again', 60_000);
}

/** A publisher and a subscriber at a steady rate, whatever becomes of the messages. */
class Neighbour {
  private sent = 0;
  private readonly client: MqttClient;
  private readonly under = new Map<number, number>();
  private times: number[] = [];

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (_topic, payload) => {
      const number = Number(payload.toString());
      const at = this.under.get(number);
      this.under.delete(number);
      if (at !== undefined) this.times.push(performance.now() - at);
    });
  }

  static async open(system: RunningSystem, deployed: Deployed): Promise<Neighbour> {
    const client = await connectTls(deployed, { ca: system.ca });
    // Else it waits for acknowledgements that the other side holds back for 40 ms, and nothing shorter is seen.
    (client.stream as TLSSocket).setNoDelay(true);
    await client.subscribeAsync('round/trip', { qos: 1 });
    const neighbour = new Neighbour(client);
    await neighbour.p99(WINDOW_MS);
    return neighbour;
  }

  async p99(ms: number): Promise<number> {
    this.times = [];
    const endsAt = performance.now() + ms;
    for (let next = performance.now(); next < endsAt; next += 1_000 / MESSAGES_PER_SECOND) {
      const wait = next - performance.now();
      if (wait > 0) await new Promise((wake) => setTimeout(wake, wait));
      this.under.set(++this.sent, next);
      this.client.publish('round/trip', String(this.sent), { qos: 1 });
    }
    await until(() => this.under.size === 0, 'every message to come back', 30_000);
    return percentile(this.times, 0.99);
  }

  close(): Promise<void> {
    return this.client.endAsync();
  }
}
