/** The rows of docs/benchmarks: what is loaded, on which door, and which figure is judged. Payload 256 B, exact topics. */

/** What the load generator is told; see bench/load/main.c. */
export type LoadArguments = readonly string[];

/**
 * - `ratio`: work per CPU-second of the broker, over mosquitto's in the same round.
 * - `churn`: the same, over our own in a process that saw no churn.
 * - `latency`: p99 in ms. `held`: kB of memory per connection. `idle`: private MB of a process that nobody uses.
 */
type Kind = 'ratio' | 'churn' | 'latency' | 'held' | 'idle';

export interface Case {
  name: string;
  kind: Kind;
  load: LoadArguments;
  /** Through the edge, TLS; CPU and memory of edge and runtime together, against mosquitto with TLS. */
  edge: boolean;
  /** Our store is on disk, synced before each PUBACK; mosquitto keeps its in memory. */
  durable: boolean;
  bar: number;
  goal: number;
}

const HELD = 10_000;
/** An edge worker needs two descriptors per connection, and has 20,000. */
const HELD_AT_EDGE = 5_000;

const traffic = (publishers: number, subscribers: number, topics: number, qos: number, outstanding: number, window = 100) =>
  `-m traffic -P ${publishers} -S ${subscribers} -T ${topics} -q ${qos} -W ${outstanding} -w ${window}`.split(' ');
/** One message per socket and turn. */
const sparse = (publishers: number, subscribers: number, topics: number, outstanding: number) => [
  ...traffic(publishers, subscribers, topics, 0, outstanding),
  '-B',
  '1',
];

const oneToOne = (qos: number) => traffic(1, 1, 1, qos, 2_000);
const fanOut = (subscribers: number) => traffic(1, subscribers, 1, 0, 10_000);
const fanIn = (qos: number) => traffic(100, 1, 1, qos, 2_000, 20);
const pairs = (qos: number) => traffic(1_000, 1_000, 1_000, qos, 4_000, 4);
const STORM = ['-m', 'storm', '-N', '50'];

function direct(name: string, load: LoadArguments, bar: number, goal: number, more: Partial<Case> = {}): Case {
  return { name, kind: 'ratio', load, edge: false, durable: false, bar, goal, ...more };
}

function edge(name: string, load: LoadArguments, bar: number, goal: number, more: Partial<Case> = {}): Case {
  return { ...direct(`edge.${name}`, load, bar, goal), edge: true, ...more };
}

export const CASES: readonly Case[] = [
  direct('1to1.q0', oneToOne(0), 15, 40),
  direct('1to1.q1.memory', oneToOne(1), 8, 23),
  direct('1to1.q2.memory', oneToOne(2), 5, 23),
  direct('1to1.q1.durable', [...oneToOne(1), '-d'], 1.5, 4, { durable: true }),
  direct('100pub.w4.durable', [...traffic(100, 1, 1, 1, 2_000, 4), '-d'], 2, 4, { durable: true }),
  direct('1to100.q0', fanOut(100), 20, 55),
  direct('1to1000.q0', fanOut(1_000), 8, 14),
  direct('100to1.q0', fanIn(0), 10, 27),
  direct('100to1.q1', fanIn(1), 7, 18),
  direct('pairs.q0', pairs(0), 10, 28),
  direct('pairs.q1', pairs(1), 2, 4),
  direct('sparse.pairs', sparse(1_000, 1_000, 1_000, 1_000), 0.9, 1.4),
  direct('sparse.1to1000', sparse(1, 1_000, 1, 1_000), 1, 1.4),
  direct('sparse.pingpong', sparse(1, 1, 1, 1), 0.8, 1),
  direct('latency.5k', [...oneToOne(0), '-r', '5000'], 0.4, 0.15, { kind: 'latency' }),
  direct('churn.1to1.q0', oneToOne(0), 0.9, 1, { kind: 'churn' }),
  direct('connect', STORM, 0.5, 1),
  direct('idle.connection', ['-m', 'hold', '-N', String(HELD)], 5, 2.5, { kind: 'held' }),
  direct('idle.runtime', [], 16, 12, { kind: 'idle' }),
  edge('1to1.q0', oneToOne(0), 8, 15),
  edge('1to100.q0', fanOut(100), 12, 25),
  edge('100to1.q1', fanIn(1), 5, 10),
  edge('connect', STORM, 0.45, 0.8),
  edge('idle.connection', ['-m', 'hold', '-N', String(HELD_AT_EDGE)], 50, 25, { kind: 'held' }),
];

/** Subscribers of the loaded topic that come and go before `churn`. */
export const CHURN: LoadArguments = ['-m', 'churn', '-N', '1000', '-R', '10'];
