/** Shutting machines out, and forgetting them. They belong to no tenant; who may ask is decided above. */
import type { Database } from '@rookery/db/pool';
import { machines } from '@rookery/db/schema/machines';
import { uuid } from '@rookery/db/transactions';
import { eq, sql } from 'drizzle-orm';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** From here on its certificates are refused, and whichever api holds its stream ends it. False: there is no such machine. */
export async function revokeMachine(tx: Transaction, id: string): Promise<boolean> {
  const changed = tx.update(machines).set({ revokedAt: sql`coalesce(${machines.revokedAt}, now())` });
  if ((await changed.where(eq(machines.id, id)).returning()).length === 0) return false;
  await tellApis(tx, id);
  return true;
}

/** False: there is no such machine. Fails with a foreign key's error while deployments are placed on it. */
export async function deleteMachine(tx: Transaction, id: string): Promise<boolean> {
  if ((await tx.delete(machines).where(eq(machines.id, id)).returning()).length === 0) return false;
  await tellApis(tx, id);
  return true;
}

export async function deploymentsOn(tx: Transaction, id: string): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`SELECT deployments_on(${uuid('machine', id)}) AS count`);
  return rows[0]!.count;
}

async function tellApis(tx: Transaction, id: string): Promise<void> {
  await tx.execute(sql`SELECT pg_notify('rookery', format('access %s %s', ${uuid('machine', id)}, ${uuid('machine', id)}))`);
}
