import { exports } from '@rookery/db/schema/exports';
import type { OrganizationTx } from '@rookery/db/transactions';
import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';

export type ExportRow = typeof exports.$inferSelect;

export async function insertExport(tx: OrganizationTx, row: typeof exports.$inferInsert): Promise<void> {
  await tx.insert(exports).values(row);
}

/** Those that are queued or running. Who counts keeps others of this organization waiting until she commits. */
export async function countOpenExports(tx: OrganizationTx, organizationId: string): Promise<number> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`exports of ${organizationId}`}, 0))`);
  const [open] = await tx
    .select({ count: count() })
    .from(exports)
    .where(and(eq(exports.organizationId, organizationId), inArray(exports.state, ['QUEUED', 'RUNNING'])));
  return open!.count;
}

export async function findExport(tx: OrganizationTx, organizationId: string, id: string): Promise<ExportRow | null> {
  const [row] = await tx
    .select()
    .from(exports)
    .where(and(eq(exports.organizationId, organizationId), eq(exports.id, id)));
  return row ?? null;
}

/** Newest first. */
export async function listExports(tx: OrganizationTx, organizationId: string, page: Page) {
  const scope = eq(exports.organizationId, organizationId);
  const before = page.after === null ? undefined : lt(exports.id, page.after);
  const rows = await tx
    .select()
    .from(exports)
    .where(and(scope, before))
    .orderBy(desc(exports.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(exports).where(scope);
  return { rows, totalCount: total!.count };
}
