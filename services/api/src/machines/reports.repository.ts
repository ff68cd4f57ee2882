/** Writes what machines report. Every statement takes a report that comes twice, or too late, for nothing new. */
import type { EdgeUsage, RuntimeReport, RuntimeStateReport } from '@rookery/contracts/reports';
import { deploymentInfrastructure } from '@rookery/db/schema/deployments';
import { deploymentReports, metricSamples, usageMeters } from '@rookery/db/schema/reports';
import { type MachineTx, uuid } from '@rookery/db/transactions';
import { and, eq, inArray, lt, sql } from 'drizzle-orm';

/** A report that is older than what is known came late. One that is older by more than this comes from a clock that was set back. */
const LATE_MS_MAX = 60_000;

/** Organization of each deployment that is placed on the machine; the others are not in the map. */
export async function organizationsOf(tx: MachineTx, machineId: string, deploymentIds: readonly string[]): Promise<Map<string, string>> {
  if (deploymentIds.length === 0) return new Map();
  const here = and(eq(deploymentInfrastructure.machineId, machineId), inArray(deploymentInfrastructure.deploymentId, [...deploymentIds]));
  const rows = await tx.select().from(deploymentInfrastructure).where(here);
  return new Map(rows.map((row) => [row.deploymentId, row.organizationId]));
}

/** True when the report changed what is known, so that the provisioner should look. */
export async function saveState(tx: MachineTx, organizationId: string, report: RuntimeStateReport): Promise<boolean> {
  const { deploymentId, generation, state, incarnation } = report;
  const stateAt = new Date(report.at);
  const runningSince = state === 'RUNNING' ? stateAt : null;
  const values = {
    generation,
    state,
    incarnation,
    isolation: report.isolation,
    restarts: report.restarts,
    problemCode: report.problem?.code ?? null,
    problemMessage: report.problem?.message ?? null,
    stateAt,
  };
  const table = deploymentReports;
  const before = await tx
    .select()
    .from(table)
    .where(and(eq(table.organizationId, organizationId), eq(table.deploymentId, deploymentId)))
    .for('update');
  const known = before[0];
  const lateMs = known?.stateAt ? known.stateAt.getTime() - stateAt.getTime() : 0;
  if (lateMs > 0 && lateMs < LATE_MS_MAX) return false;
  const sameRun = known?.state === 'RUNNING' && known.incarnation === incarnation;
  await tx
    .insert(table)
    .values({
      organizationId,
      deploymentId,
      ...values,
      startedAt: runningSince,
      firstRunningAt: runningSince,
      appliedRevision: report.appliedRevision,
    })
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId],
      set: {
        ...values,
        startedAt: sameRun ? known.startedAt : runningSince,
        firstRunningAt: sql`coalesce(${table.firstRunningAt}, ${runningSince}::timestamptz)`,
        appliedRevision: sql`greatest(${table.appliedRevision}, ${report.appliedRevision})`,
      },
    });
  return known?.state !== state || known.generation !== generation;
}

/** Keeps the newest report and the one before it of the same incarnation: the two ends of the present rate. */
export async function saveReport(tx: MachineTx, organizationId: string, report: RuntimeReport): Promise<void> {
  const { deploymentId, incarnation, sequence, counters, gauges } = report;
  const table = deploymentReports;
  const sampleAt = new Date(report.at);
  const sample = { sampleIncarnation: incarnation, sampleSequence: sequence, sampleAt, counters, gauges };
  const sameIncarnation = sql`${table.sampleIncarnation} = ${incarnation}`;
  const lateness = sql`extract(epoch FROM ${table.sampleAt} - ${sampleAt.toISOString()}::timestamptz) * 1000`;
  // Of one process the sequence decides, whatever its clock does; of two, the time.
  const newer = sql`CASE WHEN ${table.sampleAt} IS NULL THEN true WHEN ${sameIncarnation} THEN ${table.sampleSequence} < ${sequence}
    ELSE ${lateness} NOT BETWEEN 0 AND ${LATE_MS_MAX} END`;
  const saved = await tx
    .insert(table)
    .values({ organizationId, deploymentId, ...sample, appliedRevision: report.appliedRevision })
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId],
      set: {
        ...sample,
        appliedRevision: sql`greatest(${table.appliedRevision}, ${report.appliedRevision})`,
        previousAt: sql`CASE WHEN ${sameIncarnation} THEN ${table.sampleAt} END`,
        previousCounters: sql`CASE WHEN ${sameIncarnation} THEN ${table.counters} END`,
      },
      setWhere: newer,
    })
    .returning({ deploymentId: table.deploymentId });
  if (saved.length === 0) return;
  const bucket = sql`date_bin('10 seconds', ${sampleAt.toISOString()}::timestamptz, 'epoch')`;
  const row = { incarnation, reportedAt: sampleAt, counters, gauges };
  await tx
    .insert(metricSamples)
    .values({ organizationId, deploymentId, at: bucket, ...row })
    .onConflictDoUpdate({ target: [metricSamples.organizationId, metricSamples.deploymentId, metricSamples.at], set: row });
}

export async function saveUsage(tx: MachineTx, organizationId: string, usage: EdgeUsage): Promise<void> {
  const { deploymentId, incarnation } = usage;
  const count = {
    sequence: usage.sequence,
    bytesIn: usage.bytesIn,
    bytesOut: usage.bytesOut,
    connectionSeconds: Math.floor(usage.connectionSeconds),
    connections: usage.connections,
  };
  const table = usageMeters;
  await tx
    .insert(table)
    .values({ organizationId, deploymentId, incarnation, ...count })
    .onConflictDoUpdate({
      target: [table.organizationId, table.deploymentId, table.incarnation],
      set: { ...count, updatedAt: sql`now()` },
      setWhere: lt(table.sequence, usage.sequence),
    });
}

export async function wantReconcile(tx: MachineTx, organizationId: string, deploymentId: string): Promise<void> {
  await tx.execute(sql`SELECT want_reconcile(${uuid('organization', organizationId)}, ${uuid('deployment', deploymentId)})`);
}
