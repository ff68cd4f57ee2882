/** Join tokens belong to no tenant; who may ask is decided above. */
import type { Database } from '@rookery/db/pool';
import { cells, machineJoinTokens, machines } from '@rookery/db/schema/machines';
import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { JoinToken } from './join-tokens.model.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const isOpen = and(isNull(machineJoinTokens.usedAt), isNull(machineJoinTokens.revokedAt), gt(machineJoinTokens.expiresAt, sql`now()`));

const columns = {
  id: machineJoinTokens.id,
  prefix: machineJoinTokens.prefix,
  cellId: machineJoinTokens.cellId,
  cell: cells.name,
  regionId: cells.regionId,
  machineId: machineJoinTokens.forMachineId,
  createdBy: machineJoinTokens.createdBy,
  createdAt: machineJoinTokens.createdAt,
  expiresAt: machineJoinTokens.expiresAt,
};

export async function listOpenTokens(db: Database): Promise<JoinToken[]> {
  const joined = db.select(columns).from(machineJoinTokens).innerJoin(cells, eq(cells.id, machineJoinTokens.cellId));
  return joined.where(isOpen).orderBy(asc(machineJoinTokens.createdAt), asc(machineJoinTokens.id));
}

export async function findToken(db: Database | Transaction, id: string): Promise<JoinToken | null> {
  const joined = db.select(columns).from(machineJoinTokens).innerJoin(cells, eq(cells.id, machineJoinTokens.cellId));
  return (await joined.where(eq(machineJoinTokens.id, id)))[0] ?? null;
}

/** False: there is no open token of this id. */
export async function revokeToken(tx: Database | Transaction, id: string): Promise<boolean> {
  const changed = tx.update(machineJoinTokens).set({ revokedAt: sql`now()` });
  return (await changed.where(and(eq(machineJoinTokens.id, id), isOpen)).returning()).length > 0;
}

export async function findCell(db: Database | Transaction, regionId: string, name: string) {
  const [cell] = await db
    .select()
    .from(cells)
    .where(and(eq(cells.regionId, regionId), eq(cells.name, name)));
  return cell ?? null;
}

export async function isMachineOf(db: Database | Transaction, machineId: string, cellId: string): Promise<boolean> {
  const found = db.select({ id: machines.id }).from(machines);
  return (await found.where(and(eq(machines.id, machineId), eq(machines.cellId, cellId)))).length > 0;
}

export type TokenRow = typeof machineJoinTokens.$inferSelect;

/** The token, if it is open, or was used by this very key a moment ago (`againSeconds`). Locked until the transaction ends. */
export async function lockToken(tx: Transaction, hash: string, keyHash: string, againSeconds: number): Promise<TokenRow | null> {
  const again = and(
    eq(machineJoinTokens.keyHash, keyHash),
    isNull(machineJoinTokens.revokedAt),
    gt(machineJoinTokens.usedAt, sql`now() - make_interval(secs => ${againSeconds})`),
  );
  const [row] = await tx
    .select()
    .from(machineJoinTokens)
    .where(and(eq(machineJoinTokens.hash, hash), or(isOpen, again)))
    .for('update');
  return row ?? null;
}

export async function spendToken(tx: Transaction, id: string, machineId: string, keyHash: string): Promise<void> {
  const spent = { usedAt: sql`coalesce(${machineJoinTokens.usedAt}, now())`, machineId, keyHash };
  await tx.update(machineJoinTokens).set(spent).where(eq(machineJoinTokens.id, id));
}
