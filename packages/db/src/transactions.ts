/**
 * Transactions that say for whom they act. Row-level security shows nothing to a transaction that does not, and the
 * branded types keep a query for one scope from being run in another.
 */
import type { IdKind } from '@rookery/contracts/ids';
import { uuidOf } from '@rookery/service-kit/ids';
import { type SQL, sql } from 'drizzle-orm';
import type { PgTransactionConfig } from 'drizzle-orm/pg-core';
import type { Database } from './pool.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
declare const scope: unique symbol;
/** Sees one organization. */
export type OrganizationTx = Transaction & { readonly [scope]: 'organization' };
/** Sees the organizations of one person. */
export type PersonTx = Transaction & { readonly [scope]: 'person' };
/** Sees the deployments that are placed on one machine. */
export type MachineTx = Transaction & { readonly [scope]: 'machine' };

export function asOrganization<T>(db: Database, organizationId: string, work: (tx: OrganizationTx) => Promise<T>): Promise<T> {
  return scoped(db, 'organization', organizationId, (tx) => work(tx as OrganizationTx));
}

export function asPerson<T>(db: Database, personId: string, work: (tx: PersonTx) => Promise<T>): Promise<T> {
  return scoped(db, 'person', personId, (tx) => work(tx as PersonTx));
}

/** `consistent`: all reads see one moment. */
export function asMachine<T>(db: Database, machineId: string, work: (tx: MachineTx) => Promise<T>, consistent = false): Promise<T> {
  const config: PgTransactionConfig | undefined = consistent ? { isolationLevel: 'repeatable read' } : undefined;
  return scoped(db, 'machine', machineId, (tx) => work(tx as MachineTx), config);
}

function scoped<T>(
  db: Database,
  kind: IdKind,
  id: string,
  work: (tx: Transaction) => Promise<T>,
  config?: PgTransactionConfig,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`SELECT set_config(${`app.${kind}_id`}, ${uuidOf(kind, id)}, true)`);
    return work(tx);
  }, config);
}

/** An id as a parameter of raw SQL. */
export function uuid(kind: IdKind, id: string): SQL {
  return sql`${uuidOf(kind, id)}::uuid`;
}
