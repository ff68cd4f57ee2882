/** Rounds of one case: each contender in a fresh process, one after another, in an order that turns round by round. */
import { setTimeout as sleep } from 'node:timers/promises';
import { meetsBar, type Row } from '../report.ts';
import { type Contender, MOSQUITTO, type Running, US } from './brokers.ts';
import { type Case, CHURN } from './cases.ts';
import { type Fixtures, LOGIN } from './fixtures.ts';
import { type Measured, runLoad } from './load.ts';
import { privateMegabytes } from './processes.ts';

/** An idle process is looked at after this, ms. */
const IDLE_SETTLE_MS = 4_000;

export interface Effort {
  rounds: number;
  /** Given to the generator: seconds measured, and of warm-up before it. */
  timing: readonly string[];
}

/** Brokers run for weeks: what a fresh process pays once, above all for compiling, is over when the measured time begins. */
const WARM_UP_SECONDS = 4;

export const FULL: Effort = { rounds: 3, timing: ['-t', '1.5', '-u', String(WARM_UP_SECONDS)] };
export const QUICK: Effort = { rounds: 1, timing: ['-t', '1', '-u', '0.5'] };

/** What another broker did in a case, beside the rows: it is measured, not judged. */
export interface PeerRow {
  peer: string;
  case: string;
  value: number;
  unit: string;
  ratio?: number;
  ratioMin?: number;
  ratioMax?: number;
  p50?: number;
  p99?: number;
  lost: number;
}

export interface Outcome {
  row: Row;
  peers: PeerRow[];
  /** Share of its core that the generator used against us, at most over the rounds. */
  loadShare: number;
}

interface Sample {
  value: number;
  p50: number;
  p99: number;
  lost: number;
  loadShare: number;
}

export async function measure(tested: Case, others: readonly Contender[], fixtures: Fixtures, effort: Effort): Promise<Outcome> {
  const reference = tested.kind === 'churn' ? fresh : MOSQUITTO;
  const contenders = [US, reference, ...others].filter((contender) => contender.serves(tested));
  // Memory does not depend on the turn of a scheduler; latency does, above all on a machine that others use.
  const rounds = tested.kind === 'held' || tested.kind === 'idle' ? 1 : tested.kind === 'latency' ? 2 * effort.rounds + 1 : effort.rounds;
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) samples.get(contender)!.push(await run(contender, tested, fixtures, effort));
  }
  const against = samples.get(reference);
  const ours = summary(tested, samples.get(US)!, tested.kind === 'ratio' || tested.kind === 'churn' ? against : undefined);
  const base = { case: tested.name, ...ours, better: tested.kind === 'ratio' || tested.kind === 'churn' ? 'higher' : 'lower' } as const;
  const row = { ...base, bar: tested.bar, goal: tested.goal };
  const peers = contenders
    .filter((contender) => contender !== US && contender !== fresh)
    .map((contender) => ({
      peer: contender.name,
      case: tested.name,
      ...summary(tested, samples.get(contender)!, contender === reference ? undefined : against),
    }));
  return { row: { ...row, pass: meetsBar(row) }, peers, loadShare: Math.max(...samples.get(US)!.map(({ loadShare }) => loadShare)) };
}

/** Ourselves, in a process whose topic saw no churn. */
const fresh: Contender = { ...US, name: 'fresh' };

async function run(contender: Contender, tested: Case, fixtures: Fixtures, effort: Effort): Promise<Sample> {
  const running = await contender.start(tested, fixtures);
  try {
    if (tested.kind === 'idle') return await idle(contender, tested, fixtures, running);
    if (tested.kind === 'churn' && contender === US) await runLoad([...CHURN, ...target(running, tested, fixtures)]);
    return toSample(tested, await runLoad([...tested.load, ...effort.timing, ...target(running, tested, fixtures)]));
  } finally {
    await running.end();
  }
}

/** What one more process costs: the program itself is in memory already, for another of the same kind. */
async function idle(contender: Contender, tested: Case, fixtures: Fixtures, first: Running): Promise<Sample> {
  const second = await contender.start(tested, fixtures);
  try {
    await sleep(IDLE_SETTLE_MS);
    const value = second.pids.reduce((sum, pid) => sum + privateMegabytes(pid), 0);
    return { value, p50: 0, p99: 0, lost: first.pids.length - second.pids.length, loadShare: 0 };
  } finally {
    await second.end();
  }
}

function target({ port, pids }: Running, { edge }: Case, { certificateFile }: Fixtures): string[] {
  const login = ['-U', LOGIN.username, '-K', LOGIN.password];
  return ['-p', String(port), '-x', pids.join(','), ...login, ...(edge ? ['-E', certificateFile] : [])];
}

function toSample({ kind }: Case, { done, seconds, peerCpu, selfCpu, p50Ms, p99Ms, grownKb, lost, cut }: Measured): Sample {
  const value = kind === 'latency' ? p99Ms : kind === 'held' ? grownKb / Math.max(1, done) : done / peerCpu;
  return { value, p50: p50Ms, p99: p99Ms, lost: Math.max(0, lost) + cut, loadShare: seconds > 0 ? selfCpu / seconds : 0 };
}

type Summary = Pick<Row, 'value' | 'unit' | 'ratio' | 'ratioMin' | 'ratioMax' | 'p50' | 'p99'> & { lost: number };

function summary({ name, kind }: Case, samples: readonly Sample[], reference: readonly Sample[] | undefined): Summary {
  const value = round(median(samples.map((sample) => sample.value)));
  const unit =
    kind === 'latency'
      ? 'ms p99'
      : kind === 'held'
        ? 'kB/connection'
        : kind === 'idle'
          ? 'MB'
          : name.endsWith('connect')
            ? '/cpu-s'
            : 'msg/cpu-s';
  const lost = samples.reduce((sum, sample) => sum + sample.lost, 0);
  const timed =
    kind === 'held' || kind === 'idle'
      ? {}
      : { p50: round(median(samples.map(({ p50 }) => p50))), p99: round(median(samples.map(({ p99 }) => p99))) };
  if (reference === undefined) return { value, unit, ...timed, lost };
  const ratios = samples.map((sample, i) => sample.value / reference[i]!.value);
  return {
    value,
    unit,
    ratio: round(median(ratios)),
    ratioMin: round(Math.min(...ratios)),
    ratioMax: round(Math.max(...ratios)),
    ...timed,
    lost,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Three significant digits; whole numbers stay whole. */
function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
