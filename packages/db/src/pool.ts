/** Connections. A pool belongs to one role, so a process can do no more than its role may. */
import { type NodePgDatabase, drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

export type Database = NodePgDatabase & { $client: pg.Pool };

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  connectionsMax?: number;
  /** For what may be lost in a crash, like counters: commits do not wait for the disk. */
  relaxed?: boolean;
  /** A connection that broke while idle; the pool replaces it. */
  onError: (error: Error) => void;
}

export function openDatabase(url: string, options: PoolOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.connectionsMax ?? 20,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: 30_000,
    ...(options.relaxed ? { options: '-c synchronous_commit=off' } : {}),
  });
  pool.on('error', options.onError);
  // One that breaks while it is lent out, between two queries, would end the process.
  pool.on('connect', (client) => void client.on('error', options.onError));
  return drizzle({ client: pool });
}
