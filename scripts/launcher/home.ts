/** The data folder: private, held by one launcher at a time, with the secrets of this installation. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '@rookery/service-kit/files';
import { identify, isAlive, type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';

export interface Home {
  path: string;
  /** Folder for sockets that only this user may reach. */
  run: string;
  /** Folder for the sockets of machines' runtimes; tenants' users pass through it. */
  machineRun: string;
  /** The same for the docker cell. */
  dockerRun: string;
  file(...parts: string[]): string;
  /** A secret made once and kept, base64url unless it is the key file's plain base64. */
  secret(name: string): string;
  /** Keeps a value that holds a secret in a file of its own; returns the file, which is what a service is told. */
  keepSecret(name: string, value: string): string;
}

export function openHome(path: string, run: string): Home {
  for (const [folder, mode] of [
    [path, 0o700],
    [run, 0o711],
    [join(run, 'c'), 0o700],
    [join(path, 'secrets'), 0o700],
    [join(path, 'logs'), 0o700],
  ] as const) {
    mkdirSync(folder, { recursive: true, mode });
    if (lstatSync(folder).uid !== process.getuid?.())
      throw new Error(`${folder} belongs to another user. Set ROOKERY_HOME to a folder of your own.`);
    chmodSync(folder, mode);
  }
  const home: Home = {
    path,
    run: join(run, 'c'),
    machineRun: join(run, 'm'),
    dockerRun: join(run, 'k'),
    file: (...parts) => join(path, ...parts),
    secret: (name) => {
      const file = join(path, 'secrets', name);
      if (!existsSync(file)) writeDurably(file, randomBytes(32).toString('base64'));
      return readFileSync(file, 'utf8').trim();
    },
    keepSecret: (name, value) => {
      const file = join(path, 'secrets', name);
      writeDurably(file, value);
      return file;
    },
  };
  return home;
}

/** Takes the folder for this process. Throws when another launcher that lives holds it. */
export function holdHome(home: Home): void {
  const file = home.file('launcher.json');
  const holder = readJson<ProcessIdentity>(file);
  if (holder !== null && isAlive(holder))
    throw new Error(
      `Rookery runs already with this folder (pid ${holder.pid}). Stop it first, or set ROOKERY_HOME and ROOKERY_PORT for a second one.`,
    );
  writeDurably(file, JSON.stringify(identify(process.pid)));
}

/** Ends what a killed launcher left running (all but tenants' runtimes, which the agent adopts). */
export async function healAfterCrash(home: Home): Promise<void> {
  rmSync(home.file('ready.json'), { force: true });
  const left = (readJson<ProcessIdentity[]>(home.file('processes.json')) ?? []).filter(isAlive);
  for (const old of left) signalProcess(old, 'SIGTERM');
  const deadline = Date.now() + 5_000;
  while (left.some(isAlive)) {
    if (Date.now() > deadline) for (const old of left) signalProcess(old, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function rememberProcesses(home: Home, processes: readonly ProcessIdentity[]): void {
  writeDurably(home.file('processes.json'), JSON.stringify(processes));
}

export function releaseHome(home: Home): void {
  for (const name of ['ready.json', 'processes.json', 'launcher.json']) rmSync(home.file(name), { force: true });
}

function readJson<T>(file: string): T | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
