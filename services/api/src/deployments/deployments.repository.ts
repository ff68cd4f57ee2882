import type { DesiredState, DeploymentPhase } from '@rookery/contracts/phases';
import type { Plan, Quotas } from '@rookery/contracts/plans';
import { deployments, deploymentStates, type DeploymentState } from '@rookery/db/schema/deployments';
import { accessRules, credentials } from '@rookery/db/schema/policy';
import { type OrganizationTx, uuid } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { and, asc, count, eq, gt, ilike, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';

export type NewDeployment = typeof deployments.$inferInsert;

export interface DeploymentSearch {
  projectId: string | null;
  search: string | null;
  phases: readonly DeploymentPhase[] | null;
  regionId: string | null;
}

export async function insertDeployment(tx: OrganizationTx, row: NewDeployment): Promise<void> {
  await tx.insert(deployments).values(row);
}

export async function findDeployment(tx: OrganizationTx, organizationId: string, id: string): Promise<DeploymentState | null> {
  const [row] = await tx.select().from(deploymentStates).where(one(organizationId, id));
  return row ?? null;
}

/** Reads it, and lets nobody change it before the transaction ends. What refers to it (reports, meters) may still come. */
export async function lockDeployment(tx: OrganizationTx, organizationId: string, id: string): Promise<DeploymentState | null> {
  await tx.execute(
    sql`SELECT FROM deployments WHERE organization_id = ${uuid('organization', organizationId)} AND id = ${uuid('deployment', id)} FOR NO KEY UPDATE`,
  );
  return findDeployment(tx, organizationId, id);
}

/** Oldest first. */
export async function listDeployments(tx: OrganizationTx, organizationId: string, search: DeploymentSearch, page: Page) {
  const view = deploymentStates;
  const text = search.search === null ? undefined : likeText(search.search);
  const scope = and(
    eq(view.organizationId, organizationId),
    search.projectId === null ? undefined : eq(view.projectId, search.projectId),
    text === undefined ? undefined : or(ilike(view.name, text), ilike(view.slug, text)),
    search.phases === null ? undefined : inArray(view.phase, [...search.phases]),
    search.regionId === null ? undefined : eq(view.regionId, search.regionId),
  );
  const after = page.after === null ? undefined : gt(view.id, page.after);
  const rows = await tx
    .select()
    .from(view)
    .where(and(scope, after))
    .orderBy(asc(view.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(view).where(scope);
  return { rows, totalCount: total!.count };
}

/** Throws QUOTA_EXCEEDED. Counts and inserts of one organization follow one another until the transaction ends. */
export async function requireRoom(tx: OrganizationTx, organizationId: string, plan: Plan): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${organizationId}, 0))`);
  const mine = and(eq(deployments.organizationId, organizationId), eq(deployments.planId, plan.id), ne(deployments.state, 'DELETED'));
  const [total] = await tx.select({ count: count() }).from(deployments).where(mine);
  const used = total!.count;
  if (used < plan.deploymentsMax) return;
  const details = { limit: plan.deploymentsMax, used, plan: plan.id, quota: 'deploymentsMax' };
  throw new AppError('QUOTA_EXCEEDED', { path: ['input', 'planId'], details });
}

export async function countPolicyRows(tx: OrganizationTx, organizationId: string, deploymentId: string) {
  const of = (table: typeof credentials | typeof accessRules) =>
    tx.$count(table, and(eq(table.organizationId, organizationId), eq(table.deploymentId, deploymentId)));
  return { credentials: await of(credentials), accessRules: await of(accessRules) };
}

/** A wish that machines must act on: a new generation. Returns it. */
export async function setDesiredState(tx: OrganizationTx, organizationId: string, id: string, state: DesiredState): Promise<number> {
  const started = state === 'RUNNING' ? { idleStoppedAt: null } : {};
  const next = { state, generation: sql`generation + 1`, version: sql`version + 1`, updatedAt: sql`now()`, ...started };
  const [row] = await tx.update(deployments).set(next).where(oneRow(organizationId, id)).returning({ generation: deployments.generation });
  return row!.generation;
}

export async function changeDeployment(
  tx: OrganizationTx,
  organizationId: string,
  id: string,
  change: {
    name?: string | undefined;
    deletionProtection?: boolean | undefined;
    sleepAfterSeconds?: number | null | undefined;
    expiresAt?: Date | null | undefined;
    autoUpgrade?: boolean | undefined;
    brokerVersion?: string | null | undefined;
  },
) {
  await tx
    .update(deployments)
    .set({ ...change, version: sql`version + 1`, updatedAt: sql`now()` })
    .where(oneRow(organizationId, id));
}

export async function setQuotas(tx: OrganizationTx, organizationId: string, id: string, quotas: Quotas): Promise<void> {
  await tx.update(deployments).set({ quotas }).where(oneRow(organizationId, id));
  await bumpPolicy(tx, organizationId, id);
}

/** The numbers of another plan. */
export async function setPlan(
  tx: OrganizationTx,
  organizationId: string,
  id: string,
  plan: Pick<NewDeployment, 'planId' | 'quotas' | 'plainPort' | 'memoryBytesMax' | 'idleStopAfterDays' | 'idleDeleteAfterDays'>,
): Promise<void> {
  await tx.update(deployments).set(plan).where(oneRow(organizationId, id));
}

/** The policy has a new revision; the machine hears of it. Call last in a transaction: all policy changes queue here. */
export async function bumpPolicy(tx: OrganizationTx, organizationId: string, id: string): Promise<void> {
  await tx.execute(sql`SELECT bump_policy(${uuid('organization', organizationId)}, ${uuid('deployment', id)})`);
}

/** The provisioner shall look at it. */
export async function wantReconcile(tx: OrganizationTx, organizationId: string, id: string): Promise<void> {
  await tx.execute(sql`SELECT want_reconcile(${uuid('organization', organizationId)}, ${uuid('deployment', id)})`);
}

/** Finds the text as it stands: what SQL would take for a pattern is taken literally. */
export function likeText(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function one(organizationId: string, id: string): SQL | undefined {
  return and(eq(deploymentStates.organizationId, organizationId), eq(deploymentStates.id, id));
}

function oneRow(organizationId: string, id: string): SQL | undefined {
  return and(eq(deployments.organizationId, organizationId), eq(deployments.id, id));
}
