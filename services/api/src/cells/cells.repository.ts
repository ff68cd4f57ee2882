/** Cells and their machines belong to no tenant; who may ask is decided above. */
import type { AwsFacts, CellKind } from '@rookery/contracts/cells';
import type { Database } from '@rookery/db/pool';
import { cells, machines, regions } from '@rookery/db/schema/machines';
import { asc, eq, sql } from 'drizzle-orm';
import type { Cell } from './cells.model.js';

/** By region and name, each with its machines. */
export async function listCells(db: Database): Promise<Cell[]> {
  const rows = await db.select().from(cells).orderBy(asc(cells.regionId), asc(cells.name));
  const all = await db
    .select({ machine: machines, deployments: sql<number>`deployments_on(${machines.id})` })
    .from(machines)
    .orderBy(asc(machines.name), asc(machines.id));
  return rows.map((cell) => ({
    ...cell,
    machines: all
      .filter(({ machine }) => machine.cellId === cell.id)
      .map(({ machine: { id, name, host, isolation, seenAt, lostAt, revokedAt, certificateExpiresAt }, deployments }) => {
        const state = revokedAt !== null ? ('REVOKED' as const) : lostAt !== null ? ('LOST' as const) : ('UP' as const);
        return { id, name, host, isolation, seenAt, lost: lostAt !== null, state, certificateExpiresAt, deployments };
      }),
  }));
}

export interface NewCell {
  id: string;
  regionId: string;
  name: string;
  kind: CellKind;
  weight?: number | undefined;
  aws: AwsFacts | null;
}

/** False: the region has a cell of this name. */
export async function insertCell(db: Database, cell: NewCell, regionName: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.insert(regions).values({ id: cell.regionId, name: regionName }).onConflictDoNothing();
    return (await tx.insert(cells).values(cell).onConflictDoNothing().returning()).length > 0;
  });
}

/** False: there is no such cell. */
export async function changeCell(
  db: Database,
  id: string,
  change: { weight?: number | undefined; full?: boolean | undefined; aws?: AwsFacts | undefined },
): Promise<boolean> {
  return (await db.update(cells).set(change).where(eq(cells.id, id)).returning()).length > 0;
}

/** Null: there is no such cell. */
export async function kindOf(db: Database, id: string): Promise<CellKind | null> {
  return (await db.select({ kind: cells.kind }).from(cells).where(eq(cells.id, id)))[0]?.kind ?? null;
}
