/**
 * Mutated sessions of several clients at once against the shipped bundle in a process of its own; after each round an
 * honest client must still get its message, and at the end nothing may be left of the others: no session, no file
 * descriptor, no memory. Every byte follows from the seed, which a failure names.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzSession, pick, type Random } from './fuzz-session.js';
import { seededRandom } from './seeded-random.js';
import type { TestClient } from './test-client.js';
import { TestRuntime } from './test-runtime.js';

const CLIENTS_MAX = 6;
const CANARY_TIMEOUT_MS = 10_000;
/** Longer than any session of a fuzzed client lasts, its will included. */
const SETTLE_MS = 9_000;
/** What may be in use more than at the beginning: retained messages (100 of 64 kB at most), the cache of routes, buffers. */
const GROWTH_BYTES_MAX = 32 * 1024 * 1024;
const QUOTAS = { packetBytesMax: 65_536, sessionExpirySecondsMax: 2, inflightMax: 20, queueLengthMax: 50, retainedMax: 100 };

export interface FuzzResult {
  rounds: number;
  packets: number;
  connections: number;
  /** Bytes in use before and after, without garbage. */
  memoryBefore: number;
  memoryAfter: number;
}

/** Whoever passes clients on to the broker: at which port, and what the broker is told for it. */
export interface Front {
  port: number;
  brokerArgs: readonly string[];
}

/** Throws with the seed and the round when the broker has failed. `front`: everybody comes through it. */
export async function fuzz(
  seed: number,
  seconds: number,
  say: (line: string) => void = () => {},
  front: Front | null = null,
): Promise<FuzzResult> {
  const folder = mkdtempSync(join(tmpdir(), 'rk-fuzz-'));
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify({ quotas: QUOTAS }));
  const unix = join(folder, 'mqtt');
  const listen = front?.brokerArgs ?? ['--unix', unix];
  const runtime = await TestRuntime.startProbed('memory-probe', '--data', join(folder, 'data'), '--policy', policy, ...listen);
  if (front !== null) runtime.standsBehind(front.port);
  const rig = new Fuzz(runtime, front === null ? [{ path: unix }, { path: unix }, runtime.where] : [runtime.where], seed);
  try {
    return await rig.run(seconds, say);
  } catch (error) {
    throw new Error(`seed ${seed}, round ${rig.result.rounds}: ${(error as Error).stack}\n${runtime.output.slice(-3_000)}`);
  } finally {
    await runtime.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Fuzz {
  readonly result: FuzzResult = { rounds: 0, packets: 0, connections: 0, memoryBefore: 0, memoryAfter: 0 };

  constructor(
    private readonly runtime: TestRuntime,
    private readonly doors: readonly ({ path: string } | { port: number })[],
    private readonly seed: number,
  ) {}

  async run(seconds: number, say: (line: string) => void): Promise<FuzzResult> {
    const { runtime, result } = this;
    const canary = await runtime.open({ clientId: 'canary', keepAliveSeconds: 0, properties: { receiveMaximum: 10 } });
    await canary.subscribe('canary/+', { qos: 1 });
    const files = this.openFiles();
    result.memoryBefore = await runtime.memoryInUse();
    const end = Date.now() + seconds * 1_000;
    while (Date.now() < end) {
      // Each round has a generator of its own, so that a round is the same whatever came before it.
      await this.round(seededRandom(this.seed * 1_000_003 + result.rounds));
      result.rounds++;
      await this.sing(canary);
      if (result.rounds % 10_000 === 0)
        say(`round ${result.rounds}: ${result.connections} connections, ${this.resident() >> 20} MB resident`);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await this.sing(canary);
    await this.expectNothingLeft(files);
    return result;
  }

  private async round(random: Random): Promise<void> {
    const clients = 2 + Math.floor(random() * (CLIENTS_MAX - 1));
    const streams = Array.from({ length: clients }, () => fuzzSession(random));
    const plans = streams.map((stream) => {
      return { door: pick(random, this.doors), writes: split(random, mutateSome(random, stream, streams)), ending: random() };
    });
    this.result.connections += clients;
    for (const stream of streams) this.result.packets += stream.length;
    await Promise.all(
      plans.map(async ({ door, writes, ending }) => {
        const socket = await dial(door);
        for (const bytes of writes) {
          socket.write(bytes);
          if (bytes.length % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (ending < 0.2) socket.end();
        else if ('path' in door) socket.destroy();
        else socket.resetAndDestroy();
      }),
    );
  }

  /** The canary's message comes back, on a topic that no fuzzed client can name, with the right words. */
  private async sing(canary: TestClient): Promise<void> {
    const song = String(this.result.rounds);
    canary.publish('canary/song', song, { qos: 1 });
    const message = await canary.next('publish', CANARY_TIMEOUT_MS);
    if (message.payload.toString() !== song)
      throw new Error(`the canary got ${message.payload.toString().slice(0, 50)} instead of ${song}`);
    canary.acknowledge(message);
    await canary.next('puback', CANARY_TIMEOUT_MS);
    if (this.runtime.output.includes('"level":"error"')) throw new Error('the broker has reported a bug of its own');
    // The log of refusals is of no interest, and long.
    this.runtime.output = '';
  }

  private async expectNothingLeft(files: number): Promise<void> {
    const { result, runtime } = this;
    result.memoryAfter = await runtime.memoryInUse();
    const open = this.openFiles();
    if (open > files) throw new Error(`${open} file descriptors are open, ${files} were before`);
    const grown = result.memoryAfter - result.memoryBefore;
    if (grown > GROWTH_BYTES_MAX) throw new Error(`${grown >> 20} MB more are in use than at the beginning`);
  }

  private resident(): number {
    const status = readFileSync(`/proc/${this.runtime.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  private openFiles(): number {
    return readdirSync(`/proc/${this.runtime.process.pid}/fd`).length;
  }
}

function mutateSome(random: Random, stream: readonly Buffer[], all: readonly (readonly Buffer[])[]): Buffer[] {
  // CONNECT stays right more often, or hardly anything would come behind it.
  return stream.map((bytes, i) => (random() < (i === 0 ? 0.15 : 0.35) ? mutate(random, bytes, pick(random, pick(random, all))) : bytes));
}

/** A few bytes changed, left out, doubled, added, or taken from another packet. */
function mutate(random: Random, bytes: Buffer, other: Buffer): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 3); times > 0 && changed.length > 0; times--) {
    const at = Math.floor(random() * changed.length);
    const kind = Math.floor(random() * 7);
    if (kind === 0) changed[at] = Math.floor(random() * 256);
    else if (kind === 1) changed[at]! ^= 1 << Math.floor(random() * 8);
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)]);
    else if (kind === 3) changed = Buffer.concat([changed, changed.subarray(at)]);
    else if (kind === 4) changed = changed.subarray(0, at);
    else if (kind === 5) changed = Buffer.concat([changed.subarray(0, at), other.subarray(Math.floor(random() * other.length))]);
    else changed[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff]);
  }
  return changed;
}

/** The same bytes in writes that begin and end where packets do not. */
function split(random: Random, packets: readonly Buffer[]): Buffer[] {
  if (random() < 0.5) return [...packets];
  const all = Buffer.concat(packets);
  const writes: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const end = Math.min(all.length, at + 1 + Math.floor(random() * 200));
    writes.push(all.subarray(at, end));
    at = end;
  }
  return writes;
}

function dial(where: { path: string } | { port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(where);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
}
