/** A whole Rookery for stories: the real launcher, in a folder and on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argumentsOf, identify, isAlive, type ProcessIdentity } from '@rookery/service-kit/processes';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';
import { runFolder } from '../../scripts/launcher/settings.ts';
import type { FirstLogin } from '../../scripts/launcher/first-login.ts';

interface Ready {
  pid: number;
  consoleUrl: string;
  graphqlUrl: string;
  caFile: string;
  ports: { http: number; mqtts: number | null; wss: number | null; deployments: [number, number] };
}

export interface RunningSystem {
  home: string;
  ready: Ready;
  login: FirstLogin;
  /** Folder of the private sockets. */
  run: string;
  ca: string;
  launcher: ProcessIdentity;
  output(): string;
  /** Like Ctrl-C: resolves to the exit code. */
  stop(): Promise<number | null>;
  /** `kill -9` of the launcher alone. */
  kill(): Promise<void>;
  /** Starts again with the same folder and ports, and settings that differ if any. */
  restart(changed?: Record<string, string>): Promise<RunningSystem>;
  remove(): void;
}

const START_TIMEOUT_MS = 120_000;

/** Stories that run side by side, and what is started for all of them, look in different hundreds. */
const LANES = 4;
const LANE = Number(process.env.VITEST_POOL_ID ?? 0) % LANES;

/** First ports that this file was given: nobody listens on them before their system is up. */
const given = new Set<number>();

/** `count` ports in a row that nobody listens on, away from what systems hand out by themselves. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 10_000 + (Math.floor((Math.random() * 180) / LANES) * LANES + LANE) * 100;
    if (given.has(first)) continue;
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (!free.every(Boolean)) continue;
    given.add(first);
    return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export async function startSystem(environment: Record<string, string> = {}): Promise<RunningSystem> {
  const first = await freePorts(100);
  const home = environment.ROOKERY_HOME ?? mkdtempSync(join(tmpdir(), 'rookery-e2e-'));
  return launch(home, {
    ROOKERY_HOME: home,
    ROOKERY_PORT: String(first),
    ROOKERY_MQTT_PORTS: `${first + 10}-${first + 99}`,
    ROOKERY_RESYNC_SECONDS: '2',
    ROOKERY_DOCKER: 'off',
    ...environment,
  });
}

async function launch(home: string, environment: Record<string, string>): Promise<RunningSystem> {
  const child = spawn(NODE, ['--disable-warning=ExperimentalWarning', inRoot('scripts/launcher/main.ts')], {
    cwd: inRoot(),
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  await untilReady(child, home, () => output);
  const read = <T>(name: string) => JSON.parse(readFileSync(join(home, name), 'utf8')) as T;
  const ready = read<Ready>('ready.json');
  const launcher = identify(child.pid!)!;
  return {
    home,
    ready,
    login: read<FirstLogin>('first-login.json'),
    run: join(runFolder(home), 'c'),
    ca: readFileSync(ready.caFile, 'utf8'),
    launcher,
    output: () => output,
    stop: async () => {
      child.kill('SIGINT');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    restart: (changed = {}) => launch(home, { ...environment, ...changed }),
    remove: () => {
      rmSync(home, { recursive: true, force: true });
      rmSync(runFolder(home), { recursive: true, force: true });
    },
  };
}

/** Copies the logs to where they outlive the system; returns the folder. */
export function keepLogs(system: RunningSystem, name: string): string {
  const kept = inRoot('.cache', name);
  cpSync(join(system.home, 'logs'), kept, { recursive: true });
  return kept;
}

async function untilReady(child: ChildProcess, home: string, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!existsSync(join(home, 'ready.json')) || JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8')).pid !== child.pid) {
    if (child.exitCode !== null) throw new Error(`the launcher ended with ${child.exitCode}:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`not ready in time:\n${output()}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

const ENTRIES = {
  api: 'services/api/dist/main.js',
  worker: 'services/provisioner/dist/worker.js',
  edge: 'services/edge/dist/edge.mjs',
  agent: 'services/provisioner/dist/agent.mjs',
};
export type ServiceName = keyof typeof ENTRIES;

/** The living processes of a service that the launcher knows. */
export function processesOf(system: RunningSystem, name: ServiceName): ProcessIdentity[] {
  const known = JSON.parse(readFileSync(join(system.home, 'processes.json'), 'utf8')) as ProcessIdentity[];
  return known.filter((process) => isAlive(process) && argumentsOf(process.pid).some((argument) => argument.endsWith(ENTRIES[name])));
}

/** The first process of a service. */
export function processOf(system: RunningSystem, name: ServiceName): ProcessIdentity {
  const [found] = processesOf(system, name);
  if (found === undefined) throw new Error(`${name} is not running`);
  return found;
}
