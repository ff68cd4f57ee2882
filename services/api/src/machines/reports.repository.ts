/** Writes what machines say of the state of deployments. */
import type { RuntimeStateReport, SleepReport } from '@rookery/contracts/reports';
import { deploymentInfrastructure } from '@rookery/db/schema/deployments';
import { deploymentReports } from '@rookery/db/schema/reports';
import type { MachineTx } from '@rookery/db/transactions';
import { uuidOf } from '@rookery/service-kit/ids';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { excluded, type Placed } from './samples.repository.js';

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

/** A report and what was known before it. */
export interface StateNews {
  report: Placed<RuntimeStateReport>;
  known: KnownState | undefined;
}

/** One statement for all of them: a machine that comes back may report thousands. Each deployment at most once. */
export async function saveStates(tx: MachineTx, news: readonly StateNews[]): Promise<void> {
  if (news.length === 0) return;
  const table = deploymentReports;
  const rows = news.map(stateRow);
  const { organizationId: _, deploymentId: __, ...columns } = rows[0]!;
  const set = Object.fromEntries(Object.keys(columns).map((name) => [name, excluded(table[name as keyof typeof columns])]));
  await tx
    .insert(table)
    .values(rows)
    .onConflictDoUpdate({ target: [table.organizationId, table.deploymentId], set });
}

function stateRow({ report, known }: StateNews) {
  const { organizationId, deploymentId, state, incarnation } = report;
  const stateAt = new Date(report.at);
  const runningSince = state === 'RUNNING' ? stateAt : null;
  const sameRun = known?.state === 'RUNNING' && known.incarnation === incarnation;
  return {
    organizationId,
    deploymentId,
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
    ...(report.sleep === null ? knownSleep(known) : sleepColumns(report.sleep)),
  };
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

function knownSleep(known: KnownState | undefined) {
  return {
    asleepSince: known?.asleepSince ?? null,
    nextWakeAt: known?.nextWakeAt ?? null,
    wakeCount: known?.wakeCount ?? 0,
    lastWakeAt: known?.lastWakeAt ?? null,
    lastWakeCause: known?.lastWakeCause ?? null,
    lastWakeMs: known?.lastWakeMs ?? null,
  };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** Rows are taken in the order given. */
export async function wantReconcile(tx: MachineTx, reports: readonly Placed<RuntimeStateReport>[]): Promise<void> {
  if (reports.length === 0) return;
  const organizations = reports.map(({ organizationId }) => uuidOf('organization', organizationId));
  const deployments = reports.map(({ deploymentId }) => uuidOf('deployment', deploymentId));
  await tx.execute(
    sql`SELECT want_reconcile(organization, deployment) FROM unnest(${sql.param(organizations)}::uuid[], ${sql.param(deployments)}::uuid[])
      AS wanted (organization, deployment)`,
  );
}
