/** An edge before one broker, on a port without TLS, as in an installation but without an agent: nobody is woken. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGE_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { NODE } from '../../scripts/lib/paths.ts';
import { until } from './clients.ts';
import { freePort } from './free-port.ts';
import { EDGE, loneEdge } from './lone-edge.ts';

export class EdgeFront {
  /** Where the broker shall listen, and what it is told for it. */
  readonly socket: string;
  readonly brokerArgs: readonly string[];
  readonly port: number;
  private output = '';
  private readonly folder: string;
  private readonly child: ChildProcess;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.socket = join(folder, 'mqtt.sock');
    this.brokerArgs = ['--unix', this.socket, '--proxy-protocol'];
    const doors = { mqttsPort: null, mqttPort: port, certificate: null, privateKey: null };
    this.child = spawn(NODE, [...EDGE_NODE_FLAGS, EDGE], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: loneEdge(folder, this.socket, doors),
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  static async open(): Promise<EdgeFront> {
    const front = new EdgeFront(mkdtempSync(join(tmpdir(), 'rk-edge-')), await freePort());
    await until(() => front.answers(), 'the edge to listen', 15_000);
    return front;
  }

  /** Throws where the edge had ended by itself. */
  async close(): Promise<void> {
    const { child, folder, output } = this;
    const ended = child.exitCode !== null || child.signalCode !== null;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    if (!ended) child.kill('SIGTERM');
    if (!ended) await exited;
    rmSync(folder, { recursive: true, force: true });
    if (ended) throw new Error(`the edge ended:\n${output.slice(-2_000)}`);
  }

  private answers(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`the edge ended:\n${this.output}`);
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => (resolve(true), socket.destroy()));
      socket.on('error', () => resolve(false));
    });
  }
}
