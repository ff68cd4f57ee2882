/**
 * The real Postgres from npm, run by us: the database of an installation that brings none of its own.
 *
 * Owns: one data folder and the server on it, reachable through a unix socket only. Never listens on a network.
 * When the launcher is killed, the server stays; the next start stops it and takes over, and heals whatever locks a
 * crash left behind. `initdb` works in a folder beside the data folder, so that a half-made cluster is never used.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type ServerUser, chownTree, serverUserFor } from './postgres-user.js';
import { locateBinaries, reachableCopy } from './postgres-binaries.js';
import { readLock, stopOldServer, stopServer } from './postmaster.js';
import { POSTGRES_PORT, privateSocketDir } from './socket-dir.js';

const START_TIMEOUT_MS = 60_000;

export interface EmbeddedPostgresOptions {
  /** The cluster's folder; made at the first start. Any path will do. */
  dataDir: string;
  /** Folder for the unix socket; a short one is chosen where this path would be too long, or none is given. */
  socketDir?: string;
  /** Password of the owner role, the same at every start. */
  superuserPassword: string;
  /** Name of the owner role. */
  owner?: string;
  database?: string;
  /** Where the server's own log goes; default `<dataDir>.log`. */
  logFile?: string;
  /** More settings of the server, `name=value`. */
  settings?: readonly string[];
  /** Told once per step of a first start, for people who wait. */
  onProgress?: (step: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection string of the owner role. */
  ownerUrl: string;
  urlFor(role: string, password: string): string;
  pid: number;
  /** Resolves when the server process has ended, for whatever reason. */
  exited: Promise<void>;
  /** Fast shutdown; resolves when the process is gone. */
  stop(): Promise<void>;
}

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const owner = options.owner ?? 'rookery_owner';
  const database = options.database ?? 'rookery';
  mkdirSync(dirname(dataDir), { recursive: true, mode: 0o700 });
  const located = await locateBinaries();
  const socketParent = options.socketDir === undefined ? [] : [dirname(resolve(options.socketDir))];
  for (const dir of socketParent) mkdirSync(dir, { recursive: true, mode: 0o700 });
  const user = serverUserFor(dirname(located.postgres), dirname(dataDir), ...socketParent);
  const binaries = user.rung === 'setpriv' ? reachableCopy(located) : located;
  await stopOldServer(dataDir);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    options.onProgress?.('Making the database');
    await makeCluster(binaries.initdb, dataDir, owner, options.superuserPassword, user);
  }
  chownTree(dataDir, user);
  const socketDir = privateSocketDir(options.socketDir, dataDir, user);
  options.onProgress?.('Starting the database');
  const logFile = options.logFile ?? `${dataDir}.log`;
  const server = await startServer({ binary: binaries.postgres, dataDir, socketDir, logFile, user, settings: options.settings ?? [] });
  const urlFor = (role: string, password: string) => socketUrl(socketDir, role, password, database);
  await ensureDatabase(socketUrl(socketDir, owner, options.superuserPassword, 'postgres'), database);
  const exited = new Promise<void>((done) => {
    if (server.exitCode !== null || server.signalCode !== null) done();
    else server.once('exit', () => done());
  });
  return { ownerUrl: urlFor(owner, options.superuserPassword), urlFor, pid: server.pid!, exited, stop: () => stopServer(server.pid!) };
}

/** The host is a folder, so it travels as a parameter; `localhost` only fills the place that a URL demands. */
function socketUrl(socketDir: string, role: string, password: string, database: string): string {
  const part = encodeURIComponent;
  return `postgres://${part(role)}:${part(password)}@localhost:${POSTGRES_PORT}/${part(database)}?host=${part(socketDir)}`;
}

async function makeCluster(initdb: string, dataDir: string, owner: string, password: string, user: ServerUser): Promise<void> {
  const fresh = join(dirname(dataDir), `.${basename(dataDir)}.new`);
  const passwordFile = join(fresh, 'password');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, 'cluster'), { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chownTree(fresh, user);
  const cluster = ['--pgdata', join(fresh, 'cluster'), '--username', owner, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  const flags = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--data-checksums', '--no-instructions'];
  const [command, args] = user.command(initdb, [...cluster, ...flags]);
  const child = spawn(command, args, { ...user.spawnOptions, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk));
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${complaint.trim()}`);
  renameSync(join(fresh, 'cluster'), dataDir);
  rmSync(fresh, { recursive: true, force: true });
}

interface ServerStart {
  binary: string;
  dataDir: string;
  socketDir: string;
  logFile: string;
  user: ServerUser;
  settings: readonly string[];
}

/** Resolves when the server takes connections. A crash leaves shared memory in use for a moment: that is tried again. */
async function startServer({ binary, dataDir, socketDir, logFile, user, settings }: ServerStart): Promise<ChildProcess> {
  const ours = ['listen_addresses=', `unix_socket_directories=${quoted(socketDir)}`, 'max_connections=200', 'log_min_messages=warning'];
  const flags = ['-D', dataDir, '-p', String(POSTGRES_PORT), ...[...ours, ...settings].flatMap((setting) => ['-c', setting])];
  const [command, args] = user.command(binary, flags);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let attempt = 1; ; attempt++) {
    const log = openSync(logFile, 'a', 0o600);
    chmodSync(logFile, 0o600);
    const server = spawn(command, args, { ...user.spawnOptions, cwd: '/', detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const failure = await readyOrEnded(server, dataDir, deadline);
    if (failure === null) return server;
    if (attempt === 5) throw new Error(`The database did not start: ${failure}. Its log: ${logFile}`);
    await sleep(200 * attempt);
  }
}

/** A list of folders in a setting: the quotes keep spaces and commas inside one. */
function quoted(socketDir: string): string {
  return `"${socketDir.replaceAll('"', '""')}"`;
}

/** Null when the server is ready, else what went wrong. */
async function readyOrEnded(server: ChildProcess, dataDir: string, deadline: number): Promise<string | null> {
  let ended: string | null = null;
  server.once('error', (error) => (ended = error.message));
  server.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`));
  while (ended === null) {
    const lock = readLock(dataDir);
    if (lock?.pid === server.pid && lock?.status === 'ready') return null;
    if (Date.now() > deadline) {
      await stopServer(server.pid!);
      return `it was not ready within ${START_TIMEOUT_MS / 1000} s`;
    }
    await sleep(10);
  }
  return ended;
}

async function ensureDatabase(maintenanceUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
