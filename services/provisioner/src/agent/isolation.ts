/**
 * The isolation ladder: how a runtime is walled in, strongest level first. Each level is tried once at start with a real
 * process; the strongest that works is used and shown on the deployment. docs/reference/isolation.md says what each
 * level refuses.
 */
import { RUNTIME_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { IsolationLevel } from '@rookery/contracts/phases';

export interface Launch {
  node: string;
  entry: string;
  /** Arguments after the entry file. */
  args: readonly string[];
  dataDir: string;
  runDir: string;
  /** User of this tenant's process where the agent is root; null elsewhere. */
  uid: number | null;
}

export interface Command {
  file: string;
  args: string[];
  /** The pid of the process inside is told on descriptor 3. Where it is not, that process ends with the one outside. */
  tellsChild?: true;
}

/** Levels of the process driver; containers are made elsewhere. */
const LADDER = ['bubblewrap', 'unshare', 'setpriv', 'plain'] as const;
export type ProcessIsolation = Extract<IsolationLevel, (typeof LADDER)[number]>;

const NO_CAPABILITIES = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'];
const NAMESPACES = ['--net', '--ipc', '--uts', '--pid', '--fork', '--kill-child'];
/** Readable inside the sandbox: what a dynamically linked Node needs, nothing else of the host. */
const SYSTEM_PATHS = ['/usr', '/bin', '/lib', '/lib64', '/etc/ld.so.cache'];

/**
 * A tenant's user cannot pass through the agent's private folders to its own data: in a mount namespace of its own, the
 * data is put beside the sockets instead. Arguments: the data folder, where it shall be, the command. The mount is made
 * private here and not by unshare, which gives up inside a chroot.
 */
const REACHABLE_DATA = 'mount --make-rprivate / 2>/dev/null; mount --bind "$1" "$2" && shift 2 && exec "$@"';

/** Where the runtime finds its data: in its run folder where it has a mount namespace and another user, else where it lies. */
export function dataDirInside(level: ProcessIsolation, launch: Pick<Launch, 'dataDir' | 'runDir' | 'uid'>): string {
  return level === 'unshare' && launch.uid !== null ? join(launch.runDir, 'data') : launch.dataDir;
}

export function isolate(level: ProcessIsolation, launch: Launch): Command {
  const node = [launch.node, ...RUNTIME_NODE_FLAGS, launch.entry, ...launch.args];
  switch (level) {
    case 'bubblewrap':
      return {
        tellsChild: true,
        file: 'bwrap',
        args: [
          '--unshare-all',
          ...['--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL', '--new-session', '--hostname', 'runtime'],
          ...SYSTEM_PATHS.flatMap((path) => ['--ro-bind-try', path, path]),
          ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
          ...['--ro-bind', launch.node, launch.node, '--ro-bind', dirname(launch.entry), dirname(launch.entry)],
          ...['--bind', launch.dataDir, launch.dataDir, '--bind', launch.runDir, launch.runDir],
          ...['--chdir', '/', '--info-fd', '3', '--', ...node],
        ],
      };
    case 'unshare':
      return launch.uid === null
        ? { file: 'unshare', args: ['--user', '--map-current-user', ...NAMESPACES, '--', 'setpriv', '--no-new-privs', '--', ...node] }
        : {
            file: 'unshare',
            args: [
              '--mount',
              '--propagation',
              'unchanged',
              ...NAMESPACES,
              '--',
              'sh',
              '-c',
              REACHABLE_DATA,
              'sh',
              launch.dataDir,
              dataDirInside(level, launch),
              'setpriv',
              ...asUser(launch.uid),
              ...node,
            ],
          };
    case 'setpriv':
      return { file: 'setpriv', args: [...asUser(launch.uid ?? 0), ...node] };
    case 'plain':
      return { file: node[0]!, args: node.slice(1) };
  }
}

/** What runs cannot write a file larger than that. Held by the kernel, whatever user it is; Node sees an error of its write. */
export function limitFiles(command: Command, bytesMax: number): Command {
  const blocks = Math.ceil(bytesMax / 512);
  return {
    ...command,
    file: '/bin/sh',
    args: ['-c', 'ulimit -f "$1" && shift && exec "$@"', 'sh', String(blocks), command.file, ...command.args],
  };
}

function asUser(uid: number): string[] {
  return ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', ...NO_CAPABILITIES, '--'];
}

/** The strongest level at which `launch` (a quick program that writes into its data folder) runs, no stronger than `strongest`. */
export function probeIsolation(launch: Launch, strongest: ProcessIsolation | 'auto'): ProcessIsolation {
  const from = strongest === 'auto' ? 0 : LADDER.indexOf(strongest);
  for (const level of LADDER.slice(from)) {
    // Without root, setpriv changes no user and so walls nobody off: that is `plain`.
    if (level === 'setpriv' && launch.uid === null) continue;
    const { file, args } = isolate(level, { ...launch, args: [dataDirInside(level, launch)] });
    // bubblewrap needs the fourth descriptor to be open: else it takes one of its own for it and waits for ever.
    const tried = spawnSync(file, args, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      timeout: 10_000,
      killSignal: 'SIGKILL',
      env: { PATH: process.env.PATH },
    });
    if (tried.status === 0) return level;
  }
  throw new Error(`${launch.entry} does not start at any isolation level; is it built?`);
}
