/** A runtime as `npm run broker` starts it, for one foreign suite, with the policy that suite is written for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot, NODE } from '../lib/paths.ts';

export class SuiteRuntime {
  readonly port: number;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(policy: object): Promise<SuiteRuntime> {
    const file = join(mkdtempSync(join(tmpdir(), 'rookery-interop-')), 'policy.json');
    writeFileSync(file, JSON.stringify(policy));
    const bundle = inRoot('services/broker-runtime/dist/runtime.mjs');
    const child = spawn(NODE, ['--disable-sigusr1', bundle, '--port', '0', '--policy', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const port = await new Promise<number>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const found = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(output);
        if (found !== null) resolve(Number(found[1]));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(output)));
    });
    return new SuiteRuntime(child, port);
  }

  /** Whether the process has ended although nobody asked it to. */
  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (this.hasExited) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
  }
}
