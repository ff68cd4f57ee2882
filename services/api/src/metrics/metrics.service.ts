import { Injectable } from '@nestjs/common';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import { metricSamples } from '@rookery/db/schema/reports';
import { AppError } from '@rookery/service-kit/errors';
import { and, asc, eq, gte } from 'drizzle-orm';
import { Tenancy } from '../viewer/tenancy.js';
import type { LimitHits, MetricPoint, MetricSeries } from './metrics.model.js';
import { point, series, stepSecondsFor } from './series.js';

const RANGE_SECONDS_MAX = 48 * 3_600;
/** A broker that was not heard for longer has no present. */
const FRESH_MS = 30_000;

@Injectable()
export class MetricsService {
  constructor(private readonly tenancy: Tenancy) {}

  async series(deployment: DeploymentState, rangeSeconds: number): Promise<MetricSeries> {
    if (rangeSeconds < 60 || rangeSeconds > RANGE_SECONDS_MAX) {
      throw new AppError('BAD_REQUEST', { message: `rangeSeconds must be between 60 and ${RANGE_SECONDS_MAX}`, path: ['rangeSeconds'] });
    }
    const stepSeconds = stepSecondsFor(rangeSeconds);
    const to = new Date();
    const from = new Date(to.getTime() - rangeSeconds * 1_000);
    const since = new Date(from.getTime() - stepSeconds * 1_000);
    const mine = and(eq(metricSamples.organizationId, deployment.organizationId), eq(metricSamples.deploymentId, deployment.id));
    const rows = await this.tenancy.in(deployment.organizationId, (tx) =>
      tx
        .select()
        .from(metricSamples)
        .where(and(mine, gte(metricSamples.at, since)))
        .orderBy(asc(metricSamples.at)),
    );
    const samples = rows.map((row) => ({ ...row, at: row.reportedAt }));
    return { stepSeconds, points: series(samples, from, to, stepSeconds) };
  }
}

/** What the last report said; null when it is too old to be called the present. */
export function latestPoint(
  { sampleAt, counters, gauges, previousAt, previousCounters }: DeploymentState,
  now = Date.now(),
): MetricPoint | null {
  if (sampleAt === null || counters === null || gauges === null || now - sampleAt.getTime() > FRESH_MS) return null;
  const before = previousAt && previousCounters ? { at: previousAt, incarnation: null, counters: previousCounters, gauges } : null;
  return point(sampleAt, { at: sampleAt, incarnation: null, counters, gauges }, before);
}

/** By limit, the one that was met most often first. */
export function limitHits({ counters }: Pick<DeploymentState, 'counters'>): LimitHits[] {
  return Object.entries(counters?.limitHits ?? {})
    .filter(([, hits]) => hits > 0)
    .map(([limit, hits]) => ({ limit, hits }))
    .sort((a, b) => b.hits - a.hits);
}
