/**
 * Limits of memory and processes, and an equal share of the processors, by control groups, where the machine lets us write
 * them (v2, or v1's `memory`, `pids` and `cpu`). A runtime enters its group before its sandbox is made, so nothing of it is
 * outside. The share needs no setting: groups side by side have the same, however many processes are in each.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './isolation.js';

const ROOT = '/sys/fs/cgroup';
const V1_OPTIONAL = ['cpu'];
/** Threads of Node count too; below sixteen it hangs at its start. */
const PROCESSES_MAX = 64;
/** Enters every group that is named before `--`, then becomes the command behind it. */
const ENTER = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 70; shift; done; shift; exec "$@"';

export interface GroupLimits {
  memoryBytesMax: number;
}

export class ControlGroups {
  private constructor(
    private readonly parents: readonly string[],
    private readonly memoryFile: string,
  ) {}

  /** Null where control groups cannot be written; found out by using one. */
  static open(name: string): ControlGroups | null {
    const found = parentGroups(name);
    if (found === null) return null;
    const groups = new ControlGroups(found.parents, found.memoryFile);
    try {
      const command = groups.wrap({ file: 'true', args: [] }, 'probe', { memoryBytesMax: 64 * 1024 * 1024 });
      const tried = spawnSync(command.file, command.args, { stdio: 'ignore', timeout: 5_000 });
      groups.remove('probe');
      return tried.status === 0 ? groups : null;
    } catch {
      return null;
    }
  }

  /** Makes the group `name` with these limits; the returned command starts inside it. */
  wrap(command: Command, name: string, limits: GroupLimits): Command {
    const folders = this.folders(name);
    for (const folder of folders) {
      make(folder);
      set(folder, this.memoryFile, String(limits.memoryBytesMax));
      set(folder, 'memory.swap.max', '0');
      set(folder, 'pids.max', String(PROCESSES_MAX));
    }
    return { ...command, file: '/bin/sh', args: ['-c', ENTER, 'sh', ...folders, '--', command.file, ...command.args] };
  }

  /** Gives a group other limits while it runs. False: it holds more memory than that, and would be ended. */
  limit(name: string, { memoryBytesMax }: GroupLimits): boolean {
    const folders = this.folders(name).filter((folder) => existsSync(join(folder, this.memoryFile)));
    if (folders.some((folder) => memoryHeld(folder) > memoryBytesMax)) return false;
    for (const folder of folders) set(folder, this.memoryFile, String(memoryBytesMax));
    return true;
  }

  private folders(name: string): string[] {
    return this.parents.map((parent) => join(parent, name));
  }

  /** Removes a group that nobody is in. */
  remove(name: string): void {
    for (const folder of this.folders(name)) {
      try {
        rmdirSync(folder);
      } catch {
        // Gone already, or its last process is still ending: an empty group costs nothing.
      }
    }
  }
}

/** The groups under which runtimes get theirs, and the name of the memory limit; null where they cannot be written. */
function parentGroups(name: string): { parents: string[]; memoryFile: string } | null {
  const v2 = existsSync(join(ROOT, 'cgroup.controllers'));
  const controllers = v2 ? [''] : ['memory', 'pids', ...V1_OPTIONAL.filter((controller) => existsSync(join(ROOT, controller)))];
  const own = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const parents = controllers.map((controller) => {
    const line = own.find((entry) => (v2 ? entry.startsWith('0::') : entry.split(':')[1]?.split(',').includes(controller)));
    return join(ROOT, controller, line?.split(':')[2] ?? '/', name);
  });
  try {
    for (const parent of parents) {
      make(parent);
      accessSync(join(parent, 'cgroup.procs'), constants.W_OK);
      if (v2) writeFileSync(join(parent, 'cgroup.subtree_control'), '+memory +pids');
      if (v2) share(parent);
    }
  } catch {
    return null;
  }
  return { parents, memoryFile: v2 ? 'memory.max' : 'memory.limit_in_bytes' };
}

/** The processors are shared where that was left to us. */
function share(parent: string): void {
  try {
    writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu');
  } catch {
    // Then all processes of the machine have equal shares, as without groups.
  }
}

/** Bytes that cannot be given back: what is read from files can. */
function memoryHeld(folder: string): number {
  return Number(/^(?:anon|rss) (\d+)$/m.exec(readFileSync(join(folder, 'memory.stat'), 'utf8'))?.[1] ?? 0);
}

/** Not recursive: where no control group is mounted, that would try for ever. */
function make(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder);
}

/** Sets a limit that this kind of group has. */
function set(folder: string, file: string, value: string): void {
  if (existsSync(join(folder, file))) writeFileSync(join(folder, file), value);
}
