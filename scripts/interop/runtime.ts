/**
 * A runtime as `npm run broker` starts it, for one foreign suite, with the policy that suite is written for, or
 * behind an edge.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeFront } from '../../e2e/support/edge-front.ts';
import { inRoot, NODE } from '../lib/paths.ts';

export class SuiteRuntime {
  readonly port: number;
  private readonly child: ChildProcess;
  private readonly edge: EdgeFront | null;

  private constructor(child: ChildProcess, port: number, edge: EdgeFront | null) {
    this.child = child;
    this.port = edge?.port ?? port;
    this.edge = edge;
  }

  static async start(policy: object, behindEdge: boolean): Promise<SuiteRuntime> {
    const file = join(mkdtempSync(join(tmpdir(), 'rookery-interop-')), 'policy.json');
    writeFileSync(file, JSON.stringify(policy));
    const bundle = inRoot('services/broker-runtime/dist/runtime.mjs');
    const edge = behindEdge ? await EdgeFront.open() : null;
    const args = ['--port', '0', '--policy', file, ...(edge?.brokerArgs ?? [])];
    const child = spawn(NODE, ['--disable-sigusr1', bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
    return new SuiteRuntime(child, port, edge);
  }

  /** Whether the process has ended although nobody asked it to. */
  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async stop(): Promise<void> {
    await this.edge?.close();
    if (this.hasExited) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await exited;
  }
}
