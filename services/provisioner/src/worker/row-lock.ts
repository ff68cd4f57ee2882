/**
 * A lock that says that somebody lives who works on a row. It belongs to a connection of its own, so it falls with the worker
 * that holds it, and what that one left can be told from what is under way.
 */
import type { Database } from '@rookery/db/pool';
import { type SQL, sql } from 'drizzle-orm';

/** Whoever claims a row takes its lock within this time. */
const LOCK_TAKEN_MS = 250;

/** Does nothing when another worker has the lock of this row. */
export async function whileLocked(db: Database, row: string, work: () => Promise<void>): Promise<void> {
  const connection = await db.$client.connect();
  try {
    const got = await connection.query<{ locked: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked', [row]);
    if (!got.rows[0]!.locked) return;
    try {
      await work();
    } finally {
      await connection.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [row]);
    }
  } finally {
    connection.release();
  }
}

/**
 * Whether a row that was claimed at `claimed_at` has lost whoever claimed it. One that was claimed only now may not have its
 * lock yet; were it given back all the same, the lock would still let only one worker at it.
 */
export function isAbandoned(row: SQL): SQL {
  return sql`claimed_at < now() - ${LOCK_TAKEN_MS} * interval '1 millisecond' AND NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
    AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(${row}::text, 0)
  )`;
}
