/** One process of the system: started, watched, started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { request } from 'node:http';
import { NODE, ROOT } from '../lib/paths.ts';
import { identify, type ProcessIdentity } from '@rookery/service-kit/processes';

const LOG_BYTES_MAX = 10 * 1024 * 1024;
const RESTART_MS_MIN = 100;
const RESTART_MS_MAX = 10_000;
/** The longest pause after a death from outside: it says little about the next start, but want of memory kills so too. */
const KILLED_RESTART_MS_MAX = 1_000;
/** A process that lived this long did not fail at its start: it is started again at once. */
const STABLE_MS = 3_000;

export interface ChildOptions {
  name: string;
  entry: string;
  env: Record<string, string | undefined>;
  logFile: string;
  /** `unix:/path`: answers GET /readyz. */
  health: string;
  nodeOptions?: string[];
  onStart(): void;
}

export class Child {
  readonly options: ChildOptions;
  private process: ChildProcess | null = null;
  private stopping = false;
  private restartMs = RESTART_MS_MIN;
  private log: WriteStream;

  constructor(options: ChildOptions) {
    this.options = options;
    try {
      if (statSync(options.logFile).size > LOG_BYTES_MAX) renameSync(options.logFile, `${options.logFile}.1`);
    } catch {
      // No log yet.
    }
    this.log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  }

  get identity(): ProcessIdentity | null {
    return this.process?.pid === undefined ? null : identify(this.process.pid);
  }

  start(): void {
    const startedAt = Date.now();
    // A session of its own: Ctrl-C reaches the launcher alone, which stops everything in order.
    const child = spawn(NODE, [...(this.options.nodeOptions ?? []), this.options.entry], {
      cwd: ROOT,
      detached: true,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: process.env.LANG,
        TMPDIR: process.env.TMPDIR,
        NODE_ENV: 'production',
        ...this.options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stdout?.pipe(this.log, { end: false });
    child.stderr?.pipe(this.log, { end: false });
    child.once('error', (error) => this.log.write(`${error.message}\n`));
    child.once('exit', (_code, signal) => {
      this.process = null;
      if (this.stopping) return;
      if (Date.now() - startedAt > STABLE_MS) this.restartMs = RESTART_MS_MIN;
      setTimeout(
        () => {
          if (!this.stopping) this.start();
        },
        signal === 'SIGKILL' ? Math.min(this.restartMs, KILLED_RESTART_MS_MAX) : this.restartMs,
      );
      this.restartMs = Math.min(this.restartMs * 2, RESTART_MS_MAX);
    });
    this.options.onStart();
  }

  /** Asks to end with `signal`, insists after `timeoutMs`. */
  async stop(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    await gone;
    clearTimeout(timer);
  }

  /** Null when ready, else why not. */
  async notReady(): Promise<string | null> {
    if (this.process === null) return `${this.options.name} is not running; its log is ${this.options.logFile}`;
    return probe(this.options.health).catch((error: Error) => `${this.options.name}: ${error.message}`);
  }
}

function probe(address: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: address.slice('unix:'.length), path: '/readyz', timeout: 2_000 }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(response.statusCode === 200 ? null : body));
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}
