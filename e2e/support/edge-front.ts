/** An edge before one broker, on a port without TLS, as in an installation but without an agent: nobody is woken. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EDGE_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';
import { until } from './clients.ts';
import { freePort } from './free-port.ts';

const EDGE = inRoot('services/edge/dist/edge.mjs');
const DEPLOYMENT = 'dep_01jd2f0000e8a8a8a8a8a8a8a8';

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
    const route = {
      deploymentId: DEPLOYMENT,
      hosts: ['localhost'],
      mqttsPort: null,
      mqttPort: port,
      certificate: null,
      privateKey: null,
      ticketKeys: randomBytes(48).toString('base64'),
      targets: [`unix:${this.socket}`],
    };
    const routes = join(folder, 'routes.json');
    writeFileSync(routes, JSON.stringify({ revision: 1, bind: '127.0.0.1', shared: null, routes: [route] }));
    this.child = spawn(NODE, [...EDGE_NODE_FLAGS, EDGE], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        EDGE_ROUTES_FILE: routes,
        EDGE_CONTROL_SOCKET: join(folder, 'control'),
        EDGE_HEALTH_SOCKET: join(folder, 'health'),
      },
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
