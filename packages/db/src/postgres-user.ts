/**
 * Postgres refuses to run as root. A ladder, first rung that holds:
 * an ordinary user runs it himself; root drops to `nobody` where that user can reach binaries and data; else a user
 * namespace in which root has another number (not possible inside a chroot); else `setpriv`: `nobody`, with the one
 * right to pass through folders that are closed to others.
 */
import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const NOBODY = 65_534;
const UNSHARE = ['--user', '--map-user=1000', '--map-group=1000', '--'];
const SETPRIV = [
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--bounding-set=-all,+dac_read_search',
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=-all,+dac_read_search',
  '--',
];

export interface ServerUser {
  rung: 'self' | 'nobody' | 'unshare' | 'setpriv';
  /** Who must own the data folder; null: whoever runs this process. */
  owner: number | null;
  spawnOptions: { uid?: number; gid?: number };
  /** The command line that runs `binary` as this user; it replaces itself, so the pid is the server's. */
  command(binary: string, args: string[]): [string, string[]];
}

const plain = (binary: string, args: string[]): [string, string[]] => [binary, args];
const RUNGS: Record<ServerUser['rung'], ServerUser> = {
  self: { rung: 'self', owner: null, spawnOptions: {}, command: plain },
  nobody: { rung: 'nobody', owner: NOBODY, spawnOptions: { uid: NOBODY, gid: NOBODY }, command: plain },
  unshare: { rung: 'unshare', owner: 0, spawnOptions: {}, command: (binary, args) => ['unshare', [...UNSHARE, binary, ...args]] },
  setpriv: { rung: 'setpriv', owner: NOBODY, spawnOptions: {}, command: (binary, args) => ['setpriv', [...SETPRIV, binary, ...args]] },
};

/** The first rung that works for the folder of the binaries and those that the server must enter. */
export function serverUserFor(binaryDir: string, ...dirs: string[]): ServerUser {
  if (process.getuid?.() !== 0) return RUNGS.self;
  if ([binaryDir, ...dirs].every(openToOthers)) return RUNGS.nobody;
  for (const user of [RUNGS.unshare, RUNGS.setpriv]) {
    const [command, args] = user.command(join(binaryDir, 'postgres'), ['--version']);
    if (spawnSync(command, args, { cwd: '/', stdio: 'ignore' }).status === 0) return user;
  }
  throw new Error(
    'Postgres does not run as root, and neither a user namespace nor setpriv works here. ' +
      'Start as an ordinary user, use a folder that everybody may enter, or set DATABASE_URL.',
  );
}

/** Whether any user may pass through this folder and all above it. */
function openToOthers(dir: string): boolean {
  for (let at = dir; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Gives the whole tree to the server's user, once: a tree whose root is his already is left alone. */
export function chownTree(root: string, user: ServerUser): void {
  if (user.owner === null || lstatSync(root).uid === user.owner) return;
  const visit = (path: string) => {
    if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    chownSync(path, user.owner!, user.owner!);
  };
  visit(root);
}
