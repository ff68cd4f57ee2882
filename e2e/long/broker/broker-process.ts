/** One broker, the shipped bundle, at a place that stays the same over deaths and restarts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { RUNTIME_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { inRoot, NODE } from '../../../scripts/lib/paths.ts';

const BUNDLE = inRoot('services/broker-runtime/dist/runtime.mjs');
const START_TIMEOUT_MS = 30_000;

export interface BrokerProcessOptions {
  /** Its door, as arguments: a port, or what an edge before it wants. */
  door: readonly string[];
  /** Folder of the store; null = memory. */
  dataFolder: string | null;
  /** More of the command line. */
  args?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

export class BrokerProcess {
  output = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;

  constructor({ door, dataFolder, args = [], env = {} }: BrokerProcessOptions) {
    const store = dataFolder === null ? [] : ['--data', dataFolder];
    const line = [...RUNTIME_NODE_FLAGS, BUNDLE, ...door, '--allow-anonymous', ...store, ...args];
    this.child = spawn(NODE, line, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.exited = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
    this.child.stdout!.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr!.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts a broker and waits until it listens; throws with everything it said when it ends before. */
  static async start(options: BrokerProcessOptions): Promise<BrokerProcess> {
    const broker = new BrokerProcess(options);
    await broker.listening();
    return broker;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async listening(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!this.output.includes('listens on')) {
      if (!this.isAlive) throw new Error(`the broker ended with ${this.child.exitCode ?? this.child.signalCode}:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`the broker does not listen after ${START_TIMEOUT_MS} ms:\n${this.output}`);
      await sleep(3);
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.isAlive) this.child.kill(signal);
    return this.exited;
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
