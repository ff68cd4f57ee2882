/** Writes what runtimes and edges count, a whole batch in one statement each: a machine may run thousands. */
import type { EdgeUsage, RuntimeReport } from '@rookery/contracts/reports';
import { deploymentReports, metricSamples, usageMeters } from '@rookery/db/schema/reports';
import type { MachineTx } from '@rookery/db/transactions';
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { LATE_MS_MAX } from './lateness.js';
import type { CountersPair } from './limit-meter.js';

/** A report of a deployment that is placed on the machine. */
export type Placed<T> = T & { organizationId: string };

/**
 * Keeps the newest report and the one before it of the same incarnation: the two ends of the present rate. Resolves to
 * these of the reports that were taken; whichever api takes a report, only one does.
 */
export async function saveReports(tx: MachineTx, given: readonly Placed<RuntimeReport>[]): Promise<readonly CountersPair[]> {
  // One statement changes a row once, so of two reports of one deployment the last counts.
  const reports = new Map(given.map((report) => [report.deploymentId, report]));
  if (reports.size === 0) return [];
  const table = deploymentReports;
  const { sampleIncarnation, sampleSequence, sampleAt } = table;
  const sameIncarnation = sql`${sampleIncarnation} = ${excluded(sampleIncarnation)}`;
  const lateMs = sql`extract(epoch FROM ${sampleAt} - ${excluded(sampleAt)}) * 1000`;
  // Of one process the sequence decides, whatever its clock does; of two, the time.
  const isNewer = sql`CASE WHEN ${sampleAt} IS NULL THEN true WHEN ${sameIncarnation} THEN ${sampleSequence} < ${excluded(sampleSequence)}
    ELSE ${lateMs} NOT BETWEEN 0 AND ${LATE_MS_MAX} END`;
  const saved = await tx
    .insert(table)
    .values(
      [...reports.values()].map(({ organizationId, deploymentId, incarnation, sequence, at, counters, gauges, appliedRevision }) => {
        const sample = { sampleIncarnation: incarnation, sampleSequence: sequence, sampleAt: new Date(at), counters, gauges };
        return { organizationId, deploymentId, appliedRevision, ...sample };
      }),
    )
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId],
      set: {
        sampleIncarnation: excluded(sampleIncarnation),
        sampleSequence: excluded(sampleSequence),
        sampleAt: excluded(sampleAt),
        counters: excluded(table.counters),
        gauges: excluded(table.gauges),
        appliedRevision: sql`greatest(${table.appliedRevision}, ${excluded(table.appliedRevision)})`,
        previousAt: sql`CASE WHEN ${sameIncarnation} THEN ${sampleAt} END`,
        previousCounters: sql`CASE WHEN ${sameIncarnation} THEN ${table.counters} END`,
      },
      setWhere: isNewer,
    })
    .returning({ deploymentId: table.deploymentId, counters: table.counters, previousCounters: table.previousCounters });
  const taken = saved.map((row) => reports.get(row.deploymentId)!);
  if (taken.length > 0) await saveSamples(tx, taken);
  return saved;
}

/** The last report of ten seconds is their sample. */
async function saveSamples(tx: MachineTx, reports: readonly Placed<RuntimeReport>[]): Promise<void> {
  const table = metricSamples;
  await tx
    .insert(table)
    .values(
      reports.map(({ organizationId, deploymentId, incarnation, at, counters, gauges }) => ({
        organizationId,
        deploymentId,
        at: sql`date_bin('10 seconds', ${at}::timestamptz, 'epoch')`,
        incarnation,
        reportedAt: new Date(at),
        counters,
        gauges,
      })),
    )
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId, table.at],
      set: {
        incarnation: excluded(table.incarnation),
        reportedAt: excluded(table.reportedAt),
        counters: excluded(table.counters),
        gauges: excluded(table.gauges),
      },
    });
}

export async function saveUsage(tx: MachineTx, given: readonly Placed<EdgeUsage>[]): Promise<void> {
  const usage = new Map(given.map((each) => [`${each.deploymentId} ${each.incarnation}`, each]));
  if (usage.size === 0) return;
  const table = usageMeters;
  await tx
    .insert(table)
    .values([...usage.values()].map((each) => ({ ...each, connectionSeconds: Math.floor(each.connectionSeconds) })))
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId, table.incarnation],
      set: {
        sequence: excluded(table.sequence),
        bytesIn: excluded(table.bytesIn),
        bytesOut: excluded(table.bytesOut),
        connectionSeconds: excluded(table.connectionSeconds),
        connections: excluded(table.connections),
        updatedAt: sql`now()`,
      },
      setWhere: sql`${table.sequence} < ${excluded(table.sequence)}`,
    });
}

/** The value that the insert brought. */
export function excluded(column: PgColumn): SQL {
  return sql.raw(`excluded.${column.name}`);
}
