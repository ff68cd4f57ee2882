/**
 * A real Postgres for tests: each file gets a server of its own on a copy of a migrated cluster. The cluster is made
 * once per set of migrations and kept in the temporary folder; a copy starts in about 0.3 s.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres.js';
import { type MigrateOptions, migrate } from '../migrate.js';
import { isAlive, stopOldServer } from '../postmaster.js';

const PASSWORD = 'test';
const RUN_PREFIX = 'rookery-test-run-';

export interface TestDatabase extends MigrateOptions {
  server: EmbeddedPostgres;
  stop(): Promise<void>;
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const template = join(tmpdir(), `rookery-test-${migrationsHash()}`);
  if (!existsSync(template)) await makeTemplate(template);
  await clearDeadRuns();
  const home = mkdtempSync(join(tmpdir(), RUN_PREFIX));
  writeFileSync(join(home, 'owner'), String(process.pid));
  cpSync(template, join(home, 'postgres'), { recursive: true });
  // Not every Node copies the modes of folders, and Postgres refuses a folder that others may read.
  chmodSync(join(home, 'postgres'), 0o700);
  const server = await startEmbeddedPostgres({
    dataDir: join(home, 'postgres'),
    superuserPassword: PASSWORD,
    socketDir: join(home, 'socket'),
    // Nobody needs these rows after a power cut.
    settings: ['fsync=off', 'shared_buffers=32MB'],
  });
  const stop = async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { ...urls(server), server, stop };
}

/** A test process that was killed leaves its server; the next one ends it. */
async function clearDeadRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(RUN_PREFIX))) {
    const home = join(tmpdir(), name);
    const owner = join(home, 'owner');
    if (!existsSync(owner) || isAlive(Number(readFileSync(owner, 'utf8')))) continue;
    await stopOldServer(join(home, 'postgres'));
    rmSync(home, { recursive: true, force: true });
  }
}

/** Two files may do this at once: the first to rename wins, and the other's work is the same. */
async function makeTemplate(template: string): Promise<void> {
  const home = `${template}.${randomBytes(4).toString('hex')}`;
  const server = await startEmbeddedPostgres({ dataDir: join(home, 'postgres'), superuserPassword: PASSWORD });
  await migrate(urls(server));
  await server.stop();
  try {
    renameSync(join(home, 'postgres'), template);
  } catch (error) {
    if (!existsSync(template)) throw error;
  }
  rmSync(home, { recursive: true, force: true });
}

function urls(server: EmbeddedPostgres): MigrateOptions {
  return {
    ownerUrl: server.ownerUrl,
    apiUrl: server.urlFor('rookery_api', PASSWORD),
    provisionerUrl: server.urlFor('rookery_provisioner', PASSWORD),
    jobsUrl: server.urlFor('rookery_jobs', PASSWORD),
  };
}

function migrationsHash(): string {
  const folder = fileURLToPath(new URL('../../migrations', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const hash = createHash('sha256').update(readFileSync(new URL('../migrate.ts', import.meta.url)));
  for (const file of files.sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
