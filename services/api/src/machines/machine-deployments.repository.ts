/** What a machine must know of the deployments that are placed on it. Row-level security shows it no other. */
import { deploymentInfrastructure, deployments } from '@rookery/db/schema/deployments';
import { accessRules, credentials, policyChanges } from '@rookery/db/schema/policy';
import type { MachineTx } from '@rookery/db/transactions';
import { and, asc, eq, gt, inArray, isNotNull, max, min } from 'drizzle-orm';

export interface PlacedDeployment {
  deployment: typeof deployments.$inferSelect;
  spec: NonNullable<(typeof deploymentInfrastructure.$inferSelect)['spec']>;
}

/** Placed here and with a spec; all of them, or those of `ids`. */
export async function placedDeployments(tx: MachineTx, machineId: string, ids: readonly string[] | null): Promise<PlacedDeployment[]> {
  const here = and(eq(deploymentInfrastructure.machineId, machineId), isNotNull(deploymentInfrastructure.spec));
  const rows = await tx
    .select({ deployment: deployments, spec: deploymentInfrastructure.spec })
    .from(deploymentInfrastructure)
    .innerJoin(
      deployments,
      and(
        eq(deployments.organizationId, deploymentInfrastructure.organizationId),
        eq(deployments.id, deploymentInfrastructure.deploymentId),
      ),
    )
    .where(and(here, ids === null ? undefined : inArray(deploymentInfrastructure.deploymentId, [...ids])))
    .orderBy(asc(deployments.id));
  return rows as PlacedDeployment[];
}

export async function policyRows(tx: MachineTx, deploymentIds: readonly string[]) {
  const ids = [...deploymentIds];
  const ofCredentials = await tx.select().from(credentials).where(inArray(credentials.deploymentId, ids)).orderBy(asc(credentials.id));
  const ofRules = await tx.select().from(accessRules).where(inArray(accessRules.deploymentId, ids)).orderBy(asc(accessRules.position));
  return {
    credentials: Map.groupBy(ofCredentials, (row) => row.deploymentId),
    accessRules: Map.groupBy(ofRules, (row) => row.deploymentId),
  };
}

/** Oldest first; `limit` bounds the memory of one turn. */
export async function changesAfter(tx: MachineTx, cursor: number, limit: number) {
  return tx.select().from(policyChanges).where(gt(policyChanges.cursor, cursor)).orderBy(asc(policyChanges.cursor)).limit(limit);
}

/** The newest cursor of this machine, and the oldest that is still kept. */
export async function cursorRange(tx: MachineTx): Promise<{ oldest: number; newest: number }> {
  const [row] = await tx.select({ oldest: min(policyChanges.cursor), newest: max(policyChanges.cursor) }).from(policyChanges);
  return { oldest: row?.oldest ?? 0, newest: row?.newest ?? 0 };
}
