/**
 * A runtime's process: started in its sandbox, or adopted from an agent that died. The sandbox's outer and inner process
 * are both remembered, so that neither can be left behind without the other. An agent may die between the start and the
 * memory of it: that a start was begun is written down first, its processes are then found by their arguments, and ended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Command } from './isolation.js';
import type { RunningRuntime } from './running-runtime.js';
import { findByArgument, identify, isAlive, type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';
import { writeDurably } from '@rookery/service-kit/files';

const LOG_BYTES_MAX = 1024 * 1024;
const POLL_MS = 200;

export interface RuntimeFiles {
  runDir: string;
  logFile: string;
}

interface Remembered {
  incarnation: string;
  processes: ProcessIdentity[];
  /** Of the bundle; missing where an older agent wrote this. */
  version?: string;
  /** False: there may be more processes of this incarnation than are listed. */
  complete: boolean;
}

export class RuntimeProcess implements RunningRuntime {
  /** Settles when no process of the runtime is left. The code is null for an adopted or killed one. */
  readonly exited: Promise<number | null>;

  private constructor(
    public incarnation: string,
    private readonly runDir: string,
    private processes: ProcessIdentity[],
    private complete: boolean,
    readonly version: string | null,
    child: ChildProcess | null,
  ) {
    this.exited = this.watch(child);
  }

  static async start(
    command: Command,
    incarnation: string,
    files: RuntimeFiles,
    environment: Record<string, string>,
    version: string,
  ): Promise<RuntimeProcess> {
    mkdirSync(files.runDir, { recursive: true });
    remember(files.runDir, { incarnation, version, processes: [], complete: false });
    rotate(files.logFile);
    const log = openSync(files.logFile, 'a', 0o600);
    // Detached: a runtime outlives its agent. The fourth descriptor is where bubblewrap tells its child's pid.
    const child = spawn(command.file, command.args, { detached: true, stdio: ['ignore', log, log, 'pipe'], env: environment, cwd: '/' });
    closeSync(log);
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const outer = identify(child.pid!);
    const started = new RuntimeProcess(incarnation, files.runDir, outer === null ? [] : [outer], !command.tellsChild, version, child);
    started.remember();
    if (!command.tellsChild) return started;
    readInnerPid(child.stdio[3] as Readable, (pid) => {
      const inner = identify(pid);
      if (inner !== null) started.processes.push(inner);
      started.complete = true;
      started.remember();
    });
    return started;
  }

  /**
   * The runtime that an earlier agent left running; null when none is alive. One whose start that agent did not live to
   * see through has no clients yet, and its sandbox may never be finished: it is ended.
   */
  static async adopt(runDir: string): Promise<RuntimeProcess | null> {
    const file = memoryFile(runDir);
    if (!existsSync(file)) return null;
    const { incarnation, version, processes, complete } = JSON.parse(readFileSync(file, 'utf8')) as Remembered;
    const left = new RuntimeProcess(incarnation, runDir, processes.filter(isAlive), complete, version ?? null, null);
    if (complete && left.processes.length > 0) return left;
    left.kill();
    await left.exited;
    return null;
  }

  kill(): void {
    if (!this.complete) this.processes = withAllOf(this.incarnation, this.processes);
    for (const process of this.processes) signalProcess(process, 'SIGKILL');
  }

  private remember(): void {
    const { incarnation, version, processes, complete } = this;
    remember(this.runDir, { incarnation, ...(version !== null && { version }), processes, complete });
  }

  private async watch(child: ChildProcess | null): Promise<number | null> {
    let code: number | null = null;
    if (child !== null) {
      code = await new Promise<number | null>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
        else child.once('exit', resolve);
      });
      // The sandbox's outer process is gone: what it held must go too.
      this.kill();
    }
    for (;;) {
      if (!this.complete) this.processes = withAllOf(this.incarnation, this.processes);
      if (!this.processes.some(isAlive)) break;
      await new Promise((resolve) => setTimeout(resolve, child === null ? POLL_MS : 5));
    }
    rmSync(memoryFile(this.runDir), { force: true });
    return code;
  }
}

function remember(runDir: string, memory: Remembered): void {
  writeDurably(memoryFile(runDir), JSON.stringify(memory));
}

/** The known processes and every other that bears the incarnation among its arguments. */
function withAllOf(incarnation: string, known: readonly ProcessIdentity[]): ProcessIdentity[] {
  const more = findByArgument(incarnation).filter(({ pid }) => !known.some((one) => one.pid === pid && isAlive(one)));
  return [...known, ...more];
}

function memoryFile(runDir: string): string {
  return join(runDir, 'process.json');
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
}

/** bubblewrap writes `{"child-pid": N, …}` as soon as its child exists; other levels write nothing. */
function readInnerPid(stream: Readable, found: (pid: number) => void): void {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
    const match = /"child-pid":\s*(\d+)/.exec(text);
    if (match === null) return;
    found(Number(match[1]));
    stream.destroy();
  });
  stream.on('error', () => stream.destroy());
}
