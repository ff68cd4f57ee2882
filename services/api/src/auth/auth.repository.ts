import type { Database } from '@rookery/db/pool';
import { people, setupLinks } from '@rookery/db/schema/organizations';
import type { OrganizationTx } from '@rookery/db/transactions';
import { and, eq, gt, sql } from 'drizzle-orm';

export type PersonRow = typeof people.$inferSelect;

export async function findPersonByEmail(db: Database, email: string): Promise<PersonRow | null> {
  const [row] = await db.select().from(people).where(eq(people.email, email));
  return row ?? null;
}

/** Whether nobody has signed up yet. Those who ask follow one another until the transaction ends. */
export async function isFirstPerson(tx: OrganizationTx): Promise<boolean> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('first person'))`);
  const [row] = await tx.select({ one: sql`1` }).from(people).limit(1);
  return row === undefined;
}

export async function insertPerson(tx: OrganizationTx, row: typeof people.$inferInsert): Promise<void> {
  await tx.insert(people).values(row);
}

export async function insertSetupLink(db: Database, tokenHash: string): Promise<void> {
  await db.insert(setupLinks).values({ tokenHash });
}

/** Uses it up: of two who try, one wins. */
export async function takeSetupLink(tx: OrganizationTx, tokenHash: string): Promise<boolean> {
  const taken = await tx
    .delete(setupLinks)
    .where(and(eq(setupLinks.tokenHash, tokenHash), gt(setupLinks.expiresAt, sql`now()`)))
    .returning();
  return taken.length > 0;
}
