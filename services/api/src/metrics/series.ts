/** From cumulative counters to rates. Counters start anew with every incarnation, so no rate is drawn across two. */
import type { RuntimeCounters, RuntimeGauges } from '@rookery/contracts/reports';
import type { MetricPoint } from './metrics.model.js';

export interface Sample {
  at: Date;
  /** Null-safe identity of the process that counted. */
  incarnation: string | null;
  counters: RuntimeCounters;
  gauges: RuntimeGauges;
}

const SAMPLE_SECONDS = 10;
const POINTS_MAX = 360;
const NOTHING: Omit<MetricPoint, 'at'> = {
  clients: null,
  sessions: null,
  subscriptions: null,
  retained: null,
  messagesIn: null,
  messagesOut: null,
  bytesIn: null,
  bytesOut: null,
  messagesDropped: null,
  connectsRefused: null,
  memoryBytes: null,
  storeBytes: null,
};

/** The finest step that keeps a chart of `rangeSeconds` readable. */
export function stepSecondsFor(rangeSeconds: number): number {
  return Math.ceil(rangeSeconds / POINTS_MAX / SAMPLE_SECONDS) * SAMPLE_SECONDS;
}

export function point(at: Date, sample: Sample, before: Sample | null): MetricPoint {
  const { counters, gauges } = sample;
  const seconds = before !== null && before.incarnation === sample.incarnation ? (sample.at.getTime() - before.at.getTime()) / 1_000 : 0;
  const rate = (key: Exclude<keyof RuntimeCounters, 'limitHits'>) =>
    seconds > 0 ? Math.max(0, (counters[key] - before!.counters[key]) / seconds) : null;
  return {
    at,
    clients: gauges.clients,
    sessions: gauges.sessions,
    subscriptions: gauges.subscriptions,
    retained: gauges.retained,
    messagesIn: rate('messagesReceived'),
    messagesOut: rate('messagesSent'),
    bytesIn: rate('bytesReceived'),
    bytesOut: rate('bytesSent'),
    messagesDropped: rate('messagesDropped'),
    connectsRefused: rate('connectsRefused'),
    memoryBytes: gauges.memoryBytes,
    storeBytes: gauges.storeBytes,
  };
}

/** One point per step from `from` to `to`, oldest first; a step in which nothing was heard is a gap. */
export function series(samples: readonly Sample[], from: Date, to: Date, stepSeconds: number): MetricPoint[] {
  const stepMs = stepSeconds * 1_000;
  const stepOf = (date: Date) => Math.floor(date.getTime() / stepMs);
  const lastOfStep = new Map(samples.map((sample) => [stepOf(sample.at), sample]));
  const points: MetricPoint[] = [];
  for (let step = stepOf(from); step <= stepOf(to); step++) {
    const at = new Date(step * stepMs);
    const sample = lastOfStep.get(step);
    points.push(sample ? point(at, sample, lastOfStep.get(step - 1) ?? null) : { at, ...NOTHING });
  }
  return points;
}
