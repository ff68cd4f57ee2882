import { deployments } from '@rookery/db/schema/deployments';
import { credentials } from '@rookery/db/schema/policy';
import type { OrganizationTx } from '@rookery/db/transactions';
import { and, asc, count, eq, gt, ilike } from 'drizzle-orm';
import { likeText } from '../deployments/deployments.repository.js';
import type { Page } from '../graphql/connection.js';

export type CredentialRow = typeof credentials.$inferSelect;

export async function insertCredential(tx: OrganizationTx, row: typeof credentials.$inferInsert): Promise<void> {
  await tx.insert(credentials).values(row);
}

export async function findCredential(tx: OrganizationTx, organizationId: string, id: string): Promise<CredentialRow | null> {
  const [row] = await tx
    .select()
    .from(credentials)
    .where(and(eq(credentials.organizationId, organizationId), eq(credentials.id, id)));
  return row ?? null;
}

export async function deleteCredential(tx: OrganizationTx, organizationId: string, id: string): Promise<void> {
  await tx.delete(credentials).where(and(eq(credentials.organizationId, organizationId), eq(credentials.id, id)));
}

export async function countCredentials(tx: OrganizationTx, organizationId: string, deploymentId: string): Promise<number> {
  const scope = and(eq(credentials.organizationId, organizationId), eq(credentials.deploymentId, deploymentId));
  const [total] = await tx.select({ count: count() }).from(credentials).where(scope);
  return total!.count;
}

export async function sealedPepperOf(tx: OrganizationTx, organizationId: string, deploymentId: string): Promise<string> {
  const one = and(eq(deployments.organizationId, organizationId), eq(deployments.id, deploymentId));
  const [row] = await tx.select({ sealedPepper: deployments.sealedPepper }).from(deployments).where(one);
  return row!.sealedPepper;
}

export async function listCredentials(tx: OrganizationTx, organizationId: string, deploymentId: string, search: string | null, page: Page) {
  const mine = and(eq(credentials.organizationId, organizationId), eq(credentials.deploymentId, deploymentId));
  const scope = and(mine, search === null ? undefined : ilike(credentials.username, likeText(search)));
  const after = page.after === null ? undefined : gt(credentials.id, page.after);
  const rows = await tx
    .select()
    .from(credentials)
    .where(and(scope, after))
    .orderBy(asc(credentials.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(credentials).where(scope);
  return { rows, totalCount: total!.count };
}
