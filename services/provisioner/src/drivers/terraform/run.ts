/**
 * One run of the terraform binary (or OpenTofu's). It gets an environment of its own and a process group of its own: a
 * provider must not outlive it. Its output goes to a file, not to a pipe of ours: when the worker dies it goes on to its
 * end and writes its state. A run is never cut short but by its time limit, because the engine finishes requests that
 * were under way, and what they made would stand in no state.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeDurably } from '@rookery/service-kit/files';
import { identify, isAlive, type ProcessIdentity } from '@rookery/service-kit/processes';

const GRACE_MS = 20_000;
/** How often the output is read while it runs. */
const READ_MS = 100;
const OUTPUT_BYTES_MAX = 64 * 1024;
/** While it runs: who it is. A worker that comes after one that died finds it there. */
const RUNNING = 'running.json';
/** Of the worker's environment, what terraform needs to reach a registry. */
const PASSED_ON = ['PATH', 'TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'];

export interface TerraformEvent {
  /** version, planned_change, apply_start, apply_complete, diagnostic, … (docs: machine-readable UI). */
  type: string;
  message: string;
  severity: 'error' | 'warning' | null;
}

export interface RunOptions {
  binary: string;
  folder: string;
  args: readonly string[];
  timeoutMs: number;
  /** Of the worker's environment, what its providers need besides. */
  passedOn?: readonly string[];
  onEvent?: (event: TerraformEvent) => void;
}

export interface RunResult {
  /** Null: it was killed. */
  code: number | null;
  /** What it printed besides events. */
  output: string;
  errors: string[];
}

export async function runTerraform({ binary, folder, args, timeoutMs, passedOn = [], onEvent }: RunOptions): Promise<RunResult> {
  const result: RunResult = { code: null, output: '', errors: [] };
  const printed = new Printed(join(folder, `${args[0]}.log`), (line) => {
    const event = readEvent(line);
    if (event === null) result.output = `${result.output}${line}\n`.slice(-OUTPUT_BYTES_MAX);
    else {
      if (event.severity === 'error') result.errors.push(event.message);
      onEvent?.(event);
    }
  });
  try {
    result.code = await toItsEnd(binary, { folder, args, env: environment(folder, passedOn) }, printed.fd, timeoutMs);
  } finally {
    printed.close();
  }
  return result;
}

/**
 * Waits for a run of a worker that died meanwhile: what that one is just making stands in no state yet, and would look like
 * something that nobody knows. Ends it where its time is over.
 */
export async function untilEnded(folder: string, timeoutMs: number): Promise<void> {
  const file = join(folder, RUNNING);
  if (!existsSync(file)) return;
  const running = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  const deadline = statSync(file).mtimeMs + timeoutMs;
  for (let asked = false; isAlive(running); await sleep(READ_MS)) {
    if (Date.now() < deadline) continue;
    if (!asked) signalGroup(running.pid, 'SIGINT');
    else if (Date.now() > deadline + GRACE_MS) signalGroup(running.pid, 'SIGKILL');
    asked = true;
  }
  rmSync(file, { force: true });
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended.
  }
}

interface Child {
  folder: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

function toItsEnd(binary: string, { folder, args, env }: Child, fd: number, timeoutMs: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd: folder, detached: true, stdio: ['ignore', fd, fd], env });
    const signal = (name: NodeJS.Signals) => signalGroup(child.pid!, name);
    const identity = child.pid === undefined ? null : identify(child.pid);
    if (identity !== null) writeDurably(join(folder, RUNNING), JSON.stringify(identity));
    let hard: NodeJS.Timeout | undefined;
    const soft = setTimeout(() => {
      signal('SIGINT');
      hard = setTimeout(() => signal('SIGKILL'), GRACE_MS);
    }, timeoutMs);
    const clear = () => {
      clearTimeout(soft);
      clearTimeout(hard);
    };
    child.once('error', (error) => {
      clear();
      reject(error);
    });
    child.once('exit', (code) => {
      clear();
      // A provider that is left would keep its connection, and its memory.
      signal('SIGKILL');
      rmSync(join(folder, RUNNING), { force: true });
      resolve(code);
    });
  });
}

/** A file that another process writes, read line by line. */
class Printed {
  readonly fd: number;
  private readonly reader: number;
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private at = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly buffer = Buffer.alloc(OUTPUT_BYTES_MAX);

  constructor(
    file: string,
    private readonly onLine: (line: string) => void,
  ) {
    this.fd = openSync(file, 'w', 0o600);
    this.reader = openSync(file, 'r');
    this.timer = setInterval(() => this.read(), READ_MS);
  }

  close(): void {
    clearInterval(this.timer);
    this.read();
    if (this.rest !== '') this.onLine(this.rest);
    for (const fd of [this.fd, this.reader]) closeSync(fd);
  }

  private read(): void {
    for (;;) {
      const length = readSync(this.reader, this.buffer, 0, this.buffer.length, this.at);
      if (length === 0) return;
      this.at += length;
      const lines = `${this.rest}${this.decoder.write(this.buffer.subarray(0, length))}`.split('\n');
      this.rest = lines.pop()!;
      for (const line of lines) this.onLine(line);
    }
  }
}

function environment(folder: string, more: readonly string[]): NodeJS.ProcessEnv {
  const passed = [...PASSED_ON, ...more].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...Object.fromEntries(passed), HOME: folder, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
}

/** A line of `-json` output; null for anything else. */
export function readEvent(line: string): TerraformEvent | null {
  if (!line.startsWith('{')) return null;
  try {
    const { type, '@message': message, '@level': level, diagnostic } = JSON.parse(line) as Record<string, unknown>;
    if (typeof type !== 'string' || typeof message !== 'string') return null;
    const detail = typeof diagnostic === 'object' && diagnostic !== null ? (diagnostic as { detail?: unknown }).detail : undefined;
    const severity = type === 'diagnostic' ? (level === 'error' ? 'error' : 'warning') : null;
    return { type, severity, message: typeof detail === 'string' && detail !== '' ? `${message}: ${detail}` : message };
  } catch {
    return null;
  }
}
