/** Starts edge and agent: as units where systemd runs, else as children that are started again when they end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EDGE_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { PLACES } from './places.js';

const RESTART_MS_MAX = 5_000;
const SERVICES = ['edge', 'agent'] as const;
type Service = (typeof SERVICES)[number];

export async function start(): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    const units = SERVICES.map((name) => `rookery-${name}.service`);
    const { status } = spawnSync('systemctl', ['enable', '--now', ...units], { stdio: 'inherit' });
    process.exitCode = status ?? 1;
    return;
  }
  mkdirSync(PLACES.run, { recursive: true, mode: 0o711 });
  mkdirSync(PLACES.home, { recursive: true, mode: 0o700 });
  const stopping = new AbortController();
  const children = new Map<Service, ChildProcess>();
  // The machine goes down: its runtimes end in order, then the door closes.
  const stop = () => {
    stopping.abort();
    children.get('agent')?.kill('SIGINT');
    children.get('agent')?.once('exit', () => children.get('edge')?.kill('SIGTERM'));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await Promise.all(SERVICES.map((name) => keepRunning(name, children, stopping.signal)));
}

async function keepRunning(name: Service, children: Map<Service, ChildProcess>, stopped: AbortSignal): Promise<void> {
  for (let wait = 250; !stopped.aborted; wait = Math.min(wait * 2, RESTART_MS_MAX)) {
    const startedAt = Date.now();
    const child = spawn(process.execPath, argumentsFor(name), { env: environment(), stdio: 'inherit' });
    children.set(name, child);
    const code = await new Promise<number | null>((done) => child.once('exit', done));
    if (stopped.aborted) return;
    if (Date.now() - startedAt > 60_000) wait = 250;
    console.error(`rookery-machine: ${name} ended with ${code}; started again in ${wait} ms`);
    await sleep(wait, undefined, { signal: stopped }).catch(() => {});
  }
}

function argumentsFor(name: Service): string[] {
  return name === 'edge' ? [...EDGE_NODE_FLAGS, join(PLACES.lib, 'edge.mjs')] : ['--disable-sigusr1', join(PLACES.lib, 'agent.mjs')];
}

/** Where things lie, then the settings, then what the secret says; of the command's own environment only where programs are. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  const files = [PLACES.placesFile, PLACES.settingsFile, PLACES.secretSettingsFile];
  return { PATH, HOME, LANG, ...Object.assign({}, ...files.map(readSettings)) };
}

function readSettings(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n');
  return Object.fromEntries(lines.flatMap((line) => (/^[A-Z][A-Z0-9_]*=/.test(line) ? [line.split(/=(.*)/s, 2) as [string, string]] : [])));
}
