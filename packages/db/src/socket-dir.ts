/** A folder for the server's unix socket: private, and short enough for the 108 bytes that a socket path may have. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { NOBODY, type ServerUser } from './postgres-user.js';

/** Only names the socket file: nothing listens on a network. */
export const POSTGRES_PORT = 5432;
const SOCKET_FILE = `.s.PGSQL.${POSTGRES_PORT}`;
const SOCKET_PATH_BYTES_MAX = 107;

/** Makes the folder, gives it to the server's user and clears what a crash left in it. Call while no server runs. */
export function privateSocketDir(preferred: string | undefined, dataDir: string, user: ServerUser): string {
  const dir = [
    preferred && resolve(preferred),
    runtimeDir(dataDir, user),
    join(tmpdir(), folderName(dataDir)),
    join('/tmp', folderName(dataDir)),
  ]
    .filter((path): path is string => path !== undefined && path !== '')
    .find((path) => Buffer.byteLength(join(path, `${SOCKET_FILE}.lock`)) <= SOCKET_PATH_BYTES_MAX);
  if (dir === undefined) throw new Error('No folder is short enough for a unix socket; set TMPDIR to a short path.');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stat = lstatSync(dir);
  const self = process.getuid?.();
  const mine = stat.uid === self || (self === 0 && stat.uid === NOBODY);
  if (!stat.isDirectory() || !mine) throw new Error(`The folder ${dir} belongs to somebody else; remove it.`);
  if (user.owner !== null) chownSync(dir, user.owner, user.owner);
  chmodSync(dir, 0o700);
  for (const name of [SOCKET_FILE, `${SOCKET_FILE}.lock`]) rmSync(join(dir, name), { force: true });
  return dir;
}

/** The session's own folder, where the server's user may enter it: another's session is none of ours. */
function runtimeDir(dataDir: string, user: ServerUser): string | undefined {
  const base = process.env['XDG_RUNTIME_DIR'];
  const mine = base && existsSync(base) && user.owner === null && lstatSync(base).uid === process.getuid?.();
  return mine ? join(base, folderName(dataDir)) : undefined;
}

function folderName(dataDir: string): string {
  return `rookery-pg-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}
