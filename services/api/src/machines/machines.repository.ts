/** Shutting machines out, and forgetting them. They belong to no tenant; who may ask is decided above. */
import type { Database } from '@rookery/db/pool';
import { machines } from '@rookery/db/schema/machines';
import { uuid } from '@rookery/db/transactions';
import { eq, sql } from 'drizzle-orm';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface KnownMachine {
  name: string;
  cellId: string;
}

const KNOWN = { name: machines.name, cellId: machines.cellId };

/** From here on its certificates are refused, and whichever api holds its stream ends it. Null: there is no such machine. */
export async function revokeMachine(tx: Transaction, id: string): Promise<KnownMachine | null> {
  const changed = tx.update(machines).set({ revokedAt: sql`coalesce(${machines.revokedAt}, now())` });
  return told(tx, id, await changed.where(eq(machines.id, id)).returning(KNOWN));
}

/** Null: there is no such machine. Fails with a foreign key's error while deployments are placed on it. */
export async function deleteMachine(tx: Transaction, id: string): Promise<KnownMachine | null> {
  return told(tx, id, await tx.delete(machines).where(eq(machines.id, id)).returning(KNOWN));
}

export async function deploymentsOn(tx: Transaction, id: string): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`SELECT deployments_on(${uuid('machine', id)}) AS count`);
  return rows[0]!.count;
}

/** Every api hears of it when the change holds. */
async function told(tx: Transaction, id: string, [changed]: KnownMachine[]): Promise<KnownMachine | null> {
  if (changed === undefined) return null;
  await tx.execute(sql`SELECT pg_notify('rookery', format('access %s %s', ${uuid('machine', id)}, ${uuid('machine', id)}))`);
  return changed;
}
