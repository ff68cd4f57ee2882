/** The load generator (bench/load), compiled when first needed, and one run of it. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRoot } from '../../scripts/lib/paths.ts';
import { FIRST, LOAD_CORE } from './processes.ts';

const SOURCES = inRoot('bench', 'load');
const BINARY = inRoot('.cache', 'bench-load');
const RUN_TIMEOUT_MS = 180_000;

/** One line of the generator. CPU in seconds of one core during `seconds`. */
export interface Measured {
  /** Deliveries, or connections. */
  done: number;
  seconds: number;
  peerCpu: number;
  selfCpu: number;
  p50Ms: number;
  p99Ms: number;
  /** Growth of the peers' resident memory. */
  grownKb: number;
  lost: number;
  /** Connections that the broker ended. */
  cut: number;
}

export function compileLoad(): void {
  const sources = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(BINARY) && statSync(BINARY).mtimeMs > newest) return;
  mkdirSync(inRoot('.cache'), { recursive: true });
  const files = sources.filter((path) => path.endsWith('.c'));
  try {
    execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-o', BINARY, ...files, '-lssl', '-lcrypto'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch (cause) {
    throw new Error('The load generator cannot be compiled. It needs gcc and the headers of OpenSSL (Debian: gcc, libssl-dev).', { cause });
  }
}

/** Rejects when the generator could not do its work, with what it said. */
export async function runLoad(args: readonly string[]): Promise<Measured> {
  const { stdout } = await promisify(execFile)('taskset', ['-c', LOAD_CORE, ...FIRST, BINARY, ...args], { timeout: RUN_TIMEOUT_MS });
  return { done: 0, seconds: 0, peerCpu: 0, selfCpu: 0, p50Ms: 0, p99Ms: 0, grownKb: 0, lost: 0, cut: 0, ...JSON.parse(stdout) };
}
