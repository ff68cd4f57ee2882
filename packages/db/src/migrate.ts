/**
 * Brings a database up to date: the service roles with their passwords, our tables, and the tables of the job queue.
 * Safe to run by several processes at once (they wait for each other) and at every start. `node migrate.js` runs it
 * with the environment's URLs.
 */
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runDrizzleMigrations } from 'drizzle-orm/node-postgres/migrator';
import { runMain } from '@rookery/service-kit/config';
import { loadConfig } from '@rookery/service-kit/load-config';
import { runMigrations as runQueueMigrations } from 'bullmq';
import pg from 'pg';
import { z } from 'zod';
import { JOBS_SCHEMA } from './queue.js';

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));
/** Any number, as long as all that migrate use the same. */
const MIGRATION_LOCK = 4_711_001;

export interface MigrateOptions {
  ownerUrl: string;
  apiUrl: string;
  provisionerUrl: string;
  jobsUrl: string;
}

export async function migrate(options: MigrateOptions): Promise<void> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: 'rookery-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRole(client, 'rookery_api', options.apiUrl);
    await ensureRole(client, 'rookery_provisioner', options.provisionerUrl);
    await ensureRole(client, 'rookery_jobs', options.jobsUrl);
    await runDrizzleMigrations(drizzle({ client }), {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'migrations',
      migrationsTable: 'applied',
    });
    await migrateQueue(client);
  } finally {
    await client.end();
  }
}

/**
 * Makes the role that policies and grants name, and lets the URL's user log in as it (or as a member of it). A login
 * that row-level security does not bind is refused: it would show every tenant's rows to every tenant.
 */
async function ensureRole(client: pg.Client, role: string, url: string): Promise<void> {
  const { username, password } = new URL(url);
  const login = decodeURIComponent(username);
  for (const name of new Set([role, login])) {
    const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE ROLE ${client.escapeIdentifier(name)}`);
  }
  const unbound = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls)', [login]);
  if (unbound.rowCount !== 0) throw new Error(`The role "${login}" passes by row-level security; give ${role} a login of its own.`);
  const secret = client.escapeLiteral(decodeURIComponent(password));
  await client.query(`ALTER ROLE ${client.escapeIdentifier(login)} LOGIN PASSWORD ${secret}`);
  if (login !== role) await client.query(`GRANT ${client.escapeIdentifier(role)} TO ${client.escapeIdentifier(login)}`);
}

/** The queue's tables live in their own schema, away from tenants' rows; its role makes a counter per queue there, and sees nothing else. */
async function migrateQueue(client: pg.Client): Promise<void> {
  const database = await client.query<{ name: string }>('SELECT current_database() AS name');
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${JOBS_SCHEMA}`);
  await runQueueMigrations(client, JOBS_SCHEMA);
  await client.query(
    `GRANT CONNECT ON DATABASE ${client.escapeIdentifier(database.rows[0]!.name)} TO rookery_jobs, rookery_api, rookery_provisioner`,
  );
  await client.query(`GRANT USAGE, CREATE ON SCHEMA ${JOBS_SCHEMA} TO rookery_jobs`);
  for (const kind of ['TABLES', 'SEQUENCES', 'FUNCTIONS'])
    await client.query(`GRANT ALL ON ALL ${kind} IN SCHEMA ${JOBS_SCHEMA} TO rookery_jobs`);
}

const configSchema = z.object({
  DATABASE_URL: z.url(),
  API_DATABASE_URL: z.url(),
  PROVISIONER_DATABASE_URL: z.url(),
  JOBS_DATABASE_URL: z.url(),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runMain(async () => {
    const config = await loadConfig(configSchema, process.env);
    await migrate({
      ownerUrl: config.DATABASE_URL,
      apiUrl: config.API_DATABASE_URL,
      provisionerUrl: config.PROVISIONER_DATABASE_URL,
      jobsUrl: config.JOBS_DATABASE_URL,
    });
  });
}
