/** A machine elsewhere: an edge and an agent of its own, which know the api by its door for machines alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGE_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';

export class FarMachine {
  readonly home = mkdtempSync(join(tmpdir(), 'rk-far-'));
  readonly tokenFile = join(this.home, 'join-token');
  private readonly settings: Record<string, string>;
  private readonly children = new Map<string, ChildProcess>();
  private output = '';

  constructor(settings: Record<string, string>) {
    const socket = (name: string) => join(this.home, `${name}.sock`);
    mkdirSync(join(this.home, 'data'), { mode: 0o700 });
    this.settings = {
      AGENT_HOME: join(this.home, 'data'),
      AGENT_RUN: join(this.home, 'm'),
      AGENT_JOIN_TOKEN_FILE: this.tokenFile,
      AGENT_HEALTH_SOCKET: socket('agent'),
      RUNTIME_ENTRY: inRoot('services/broker-runtime/dist/runtime.mjs'),
      EDGE_ROUTES_FILE: join(this.home, 'routes.json'),
      EDGE_CONTROL_SOCKET: socket('edge'),
      EDGE_CONTROL_SOCKETS: socket('edge'),
      EDGE_HEALTH_SOCKET: socket('edge-health'),
      MACHINE_NAME: 'far',
      MACHINE_HOST: 'localhost',
      ...settings,
    };
  }

  startEdge(): void {
    this.start('edge', [...EDGE_NODE_FLAGS, inRoot('services/edge/dist/edge.mjs')]);
  }

  /** `settings` beside or instead of the machine's own. */
  startAgent(settings: Record<string, string> = {}): void {
    this.start('agent', ['--disable-sigusr1', inRoot('services/provisioner/dist/agent.mjs')], settings);
  }

  /** SIGTERM leaves runtimes running, as an upgrade does; SIGINT stops the machine. */
  async stopAgent(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    await this.end('agent', signal);
  }

  giveToken(token: string): void {
    writeFileSync(this.tokenFile, `${token}\n`, { mode: 0o600 });
  }

  file(...path: string[]): string {
    return join(this.home, 'data', ...path);
  }

  get machineId(): string {
    return (JSON.parse(readFileSync(this.file('machine.json'), 'utf8')) as { machineId: string }).machineId;
  }

  get ca(): string {
    return readFileSync(this.file('ca', 'ca.pem'), 'utf8');
  }

  /** What all of it has written so far. */
  get log(): string {
    return this.output;
  }

  /** Lines of the agent's log with these words. */
  lines(words: string): string[] {
    return this.output.split('\n').filter((line) => line.includes(words));
  }

  /** What is in the way of being ready; [] when nothing is. */
  async notReady(): Promise<string> {
    if (!existsSync(this.settings.AGENT_HEALTH_SOCKET!)) return 'no agent';
    return new Promise((resolve) => {
      const outgoing = request({ socketPath: this.settings.AGENT_HEALTH_SOCKET, path: '/readyz' }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(response.statusCode === 200 ? '' : text));
      });
      outgoing.once('error', (error) => resolve(error.message));
      outgoing.end();
    });
  }

  /** Goes down, with its runtimes; what is on its disk stays. */
  async stop(): Promise<void> {
    await this.end('agent', 'SIGINT');
    await this.end('edge', 'SIGTERM');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private start(name: string, args: string[], settings: Record<string, string> = {}): void {
    const { PATH = '', HOME = '/' } = process.env;
    const child = spawn(NODE, args, { env: { PATH, HOME, ...this.settings, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.children.set(name, child);
  }

  private async end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.children.get(name);
    this.children.delete(name);
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await exited;
  }
}
