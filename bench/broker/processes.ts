/** Processes under measurement: pinned to one core, ended by whoever started them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** The broker has the first core, the load the second. */
const BROKER_CORE = '0';
export const LOAD_CORE = '1';
/** Before others on the machine, where we may say so; a warning of `nice` otherwise. The same for every broker and the load. */
export const FIRST = ['nice', '-n', '-15'];
const START_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 5_000;

export interface Process {
  pid: number;
  end(): Promise<void>;
}

/** Starts a program on the broker's core. What it prints is kept for the error that names it, when it ends early. */
export function startPinned(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Process {
  const child = spawn('taskset', ['-c', BROKER_CORE, ...FIRST, file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let ending = false;
  const keep = (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(error.message)));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('exit', (code, signal) => {
    if (!ending) console.error(`${file} ended by itself (${signal ?? code}):\n${said}`);
  });
  return {
    pid: child.pid!,
    end: async () => {
      ending = true;
      await endChild(child, ended);
    },
  };
}

async function endChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Resolves when something takes connections at the port or socket. */
export async function waitUntilOpen(where: { port: number } | { path: string }): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await opens(where))) {
    if (Date.now() > deadline) throw new Error(`nothing listens at ${JSON.stringify(where)} after ${START_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function opens(where: { port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...where });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Memory that only this process has, MB. */
export function privateMegabytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  let kilobytes = 0;
  for (const [, value] of text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)) kilobytes += Number(value);
  return kilobytes / 1024;
}
