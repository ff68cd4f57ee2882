/** Writes what machines say of the state of deployments. */
import type { RuntimeStateReport, SleepReport } from '@rookery/contracts/reports';
import { deploymentInfrastructure } from '@rookery/db/schema/deployments';
import { deploymentReports } from '@rookery/db/schema/reports';
import { type MachineTx, uuid } from '@rookery/db/transactions';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';

/** Organization of each deployment that is placed on the machine; the others are not in the map. */
export async function organizationsOf(tx: MachineTx, machineId: string, deploymentIds: readonly string[]): Promise<Map<string, string>> {
  if (deploymentIds.length === 0) return new Map();
  const here = and(eq(deploymentInfrastructure.machineId, machineId), inArray(deploymentInfrastructure.deploymentId, [...deploymentIds]));
  const rows = await tx.select().from(deploymentInfrastructure).where(here);
  return new Map(rows.map((row) => [row.deploymentId, row.organizationId]));
}

export type KnownState = typeof deploymentReports.$inferSelect;

/** What is known of these deployments, which nobody else changes before the transaction ends. */
export async function knownStates(tx: MachineTx, deploymentIds: readonly string[]): Promise<Map<string, KnownState>> {
  if (deploymentIds.length === 0) return new Map();
  const these = inArray(deploymentReports.deploymentId, [...deploymentIds]);
  // Always locked in the same order, so two batches never wait for each other in a circle.
  const rows = await tx.select().from(deploymentReports).where(these).orderBy(asc(deploymentReports.deploymentId)).for('update');
  return new Map(rows.map((row) => [row.deploymentId, row]));
}

export async function saveState(
  tx: MachineTx,
  organizationId: string,
  report: RuntimeStateReport,
  known: KnownState | undefined,
): Promise<void> {
  const { deploymentId, state, incarnation } = report;
  const stateAt = new Date(report.at);
  const runningSince = state === 'RUNNING' ? stateAt : null;
  const sameRun = known?.state === 'RUNNING' && known.incarnation === incarnation;
  const values = {
    generation: report.generation,
    state,
    incarnation,
    isolation: report.isolation,
    brokerVersion: report.brokerVersion ?? known?.brokerVersion ?? null,
    restarts: report.restarts,
    problemCode: report.problem?.code ?? null,
    problemMessage: report.problem?.message ?? null,
    stateAt,
    startedAt: sameRun ? known.startedAt : runningSince,
    firstRunningAt: known?.firstRunningAt ?? runningSince,
    appliedRevision: Math.max(known?.appliedRevision ?? 0, report.appliedRevision),
    ...(report.sleep === null ? {} : sleepColumns(report.sleep)),
  };
  const table = deploymentReports;
  await tx
    .insert(table)
    .values({ organizationId, deploymentId, ...values })
    .onConflictDoUpdate({ target: [table.organizationId, table.deploymentId], set: values });
}

function sleepColumns({ asleepSince, nextWakeAt, wakes, lastWake }: SleepReport) {
  return {
    asleepSince: dateOf(asleepSince),
    nextWakeAt: dateOf(nextWakeAt),
    wakeCount: wakes,
    lastWakeAt: dateOf(lastWake?.at ?? null),
    lastWakeCause: lastWake?.cause ?? null,
    lastWakeMs: lastWake?.ms ?? null,
  };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

export async function wantReconcile(tx: MachineTx, organizationId: string, deploymentId: string): Promise<void> {
  await tx.execute(sql`SELECT want_reconcile(${uuid('organization', organizationId)}, ${uuid('deployment', deploymentId)})`);
}
