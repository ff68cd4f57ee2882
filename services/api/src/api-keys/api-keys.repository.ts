import { apiKeys } from '@rookery/db/schema/organizations';
import type { OrganizationTx } from '@rookery/db/transactions';
import { and, asc, count, eq, gt } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';

export type ApiKeyRow = typeof apiKeys.$inferSelect;

export async function insertApiKey(tx: OrganizationTx, row: typeof apiKeys.$inferInsert): Promise<void> {
  await tx.insert(apiKeys).values(row);
}

export async function findApiKey(tx: OrganizationTx, organizationId: string, id: string): Promise<ApiKeyRow | null> {
  const [row] = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.id, id)));
  return row ?? null;
}

export async function deleteApiKey(tx: OrganizationTx, organizationId: string, id: string): Promise<void> {
  await tx.delete(apiKeys).where(and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.id, id)));
}

export async function listApiKeys(tx: OrganizationTx, organizationId: string, page: Page) {
  const scope = eq(apiKeys.organizationId, organizationId);
  const after = page.after === null ? undefined : gt(apiKeys.id, page.after);
  const rows = await tx
    .select()
    .from(apiKeys)
    .where(and(scope, after))
    .orderBy(asc(apiKeys.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(apiKeys).where(scope);
  return { rows, totalCount: total!.count };
}
