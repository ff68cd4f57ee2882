/** What a server left in its data folder: whose it is, whether it lives, and how to end it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PostmasterLock {
  pid: number;
  /** `ready`, `starting`, `stopping`; empty until the server wrote one. */
  status: string;
}

/** Reads `postmaster.pid` (one fact per line, the eighth is the status); null when there is none or it is half written. */
export function readLock(dataDir: string): PostmasterLock | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : null;
}

/** Stops a server that a dead launcher left on this folder. A lock whose process is gone, or is another's, is removed. */
export async function stopOldServer(dataDir: string): Promise<void> {
  const lock = readLock(dataDir);
  if (lock && commandLine(lock.pid).includes(dataDir)) await stopServer(lock.pid);
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

/** Fast shutdown (SIGINT), then immediate (SIGQUIT), then SIGKILL; resolves when the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!send(pid, signal)) return;
    for (const deadline = Date.now() + waitMs; Date.now() < deadline; ) {
      if (!isAlive(pid)) return;
      await sleep(10);
    }
  }
  throw new Error(`The database process ${pid} cannot be stopped`);
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A zombie has ended: only its parent has not yet asked. */
export function isAlive(pid: number): boolean {
  if (!send(pid, 0)) return false;
  if (!existsSync('/proc/self/stat')) return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
