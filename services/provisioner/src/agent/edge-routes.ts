/** The route table of this machine's edge workers: one file that the agent alone writes, and a nudge to read it. */
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import {
  type EdgeMessage,
  edgeMessageSchema,
  type EdgeRequest,
  type Route,
  type RouteTable,
  routeTableSchema,
} from '@rookery/contracts/edge-protocol';
import type { EdgeUsage } from '@rookery/contracts/reports';
import type { Logger } from '@rookery/service-kit/log';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';
import { writeDurably } from '@rookery/service-kit/files';
import type { Woken } from './waking.js';

const RECONNECT_MS = 250;
/** How long a change waits for a worker that does not answer. */
const SERVED_TIMEOUT_MS = 2_000;
const LINE_BYTES_MAX = 16 * 1024 * 1024;

interface Worker {
  path: string;
  socket: Socket | null;
  revision: number;
  failures: { port: number; code: string }[];
}

export class EdgeRoutes {
  private readonly routes = new Map<string, Route>();
  private revision: number;
  /** Settles when the newest table is served. */
  private published: Promise<void> = Promise.resolve();
  /** The table after it, while somebody waits for one. */
  private next: Promise<void> | null = null;
  private readonly workers: Worker[];
  private readonly waiters = new Set<() => void>();
  private stopped = false;

  constructor(
    private readonly file: string,
    private readonly base: Pick<RouteTable, 'bind' | 'shared'>,
    controlSockets: readonly string[],
    private readonly onUsage: (usage: EdgeUsage[]) => void,
    private readonly onWake: (deploymentId: string) => Promise<Woken>,
    private readonly log: Logger,
  ) {
    this.workers = controlSockets.map((path) => ({ path, socket: null, revision: 0, failures: [] }));
    const before = lastTable(file);
    this.revision = before?.revision ?? 0;
    // What the predecessor served goes on being served until a deployment says otherwise.
    for (const route of before?.routes ?? []) this.routes.set(route.deploymentId, route);
    this.write();
    for (const worker of this.workers) this.dial(worker);
  }

  get connectedWorkers(): number {
    return this.workers.filter((worker) => worker.socket !== null).length;
  }

  /** Resolves when every connected worker serves the route: to the ports that could not be opened. */
  async put(route: Route): Promise<{ port: number; code: string }[]> {
    if (JSON.stringify(this.routes.get(route.deploymentId)) !== JSON.stringify(route)) {
      this.routes.set(route.deploymentId, route);
      await this.change();
    }
    const ports = [route.mqttsPort, route.mqttPort];
    return this.workers.flatMap((worker) => worker.failures.filter((failure) => ports.includes(failure.port)));
  }

  async remove(deploymentId: string): Promise<void> {
    if (this.routes.delete(deploymentId)) await this.change();
  }

  /** Forgets the routes of deployments that this machine no longer knows. */
  async keepOnly(deploymentIds: ReadonlySet<string>): Promise<void> {
    const gone = [...this.routes.keys()].filter((id) => !deploymentIds.has(id));
    for (const id of gone) this.routes.delete(id);
    if (gone.length > 0) await this.change();
  }

  stop(): void {
    this.stopped = true;
    for (const worker of this.workers) worker.socket?.destroy();
  }

  /** Changes that come while a table is being taken up share the next one: a table of thousands is not written for each. */
  private change(): Promise<void> {
    this.next ??= this.published.then(() => {
      this.next = null;
      this.published = this.publish();
      return this.published;
    });
    return this.next;
  }

  private publish(): Promise<void> {
    this.write();
    return this.served(this.revision);
  }

  private write(): void {
    this.revision = Math.max(this.revision + 1, Date.now());
    const table: RouteTable = { revision: this.revision, ...this.base, routes: [...this.routes.values()] };
    writeDurably(this.file, JSON.stringify(table));
    for (const { socket } of this.workers) if (socket !== null) writeJsonLine(socket, { type: 'reload' });
  }

  private served(revision: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.workers.some((worker) => worker.socket !== null && worker.revision < revision)) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiters.delete(check);
        this.log.warn({ revision }, 'an edge worker does not confirm the routes');
        resolve();
      }, SERVED_TIMEOUT_MS);
      this.waiters.add(check);
      check();
    });
  }

  private dial(worker: Worker): void {
    if (this.stopped) return;
    const socket = connect({ path: worker.path });
    socket.once('connect', () => {
      worker.socket = socket;
      writeJsonLine(socket, { type: 'reload' });
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      worker.socket = null;
      for (const waiter of this.waiters) waiter();
      if (!this.stopped) setTimeout(() => this.dial(worker), RECONNECT_MS).unref();
    });
    readJsonLines(socket, {
      lineBytesMax: LINE_BYTES_MAX,
      onFault: () => socket.destroy(),
      onMessage: (message) => this.receive(worker, message),
    });
  }

  private async wake({ socket }: Worker, deploymentId: string): Promise<void> {
    const woken = await this.onWake(deploymentId).catch((error: unknown) => {
      this.log.error({ err: error, deploymentId }, 'a deployment could not be woken');
      return { ok: false, retryMs: null };
    });
    if (socket !== null) writeJsonLine(socket, { type: 'woken', deploymentId, ...woken } satisfies EdgeRequest);
  }

  private receive(worker: Worker, raw: unknown): void {
    const parsed = edgeMessageSchema.safeParse(raw);
    if (!parsed.success) return;
    const message: EdgeMessage = parsed.data;
    if (message.type === 'usage') return this.onUsage(message.usage);
    if (message.type === 'wake') return void this.wake(worker, message.deploymentId);
    worker.revision = message.revision;
    worker.failures = message.failures;
    for (const waiter of this.waiters) waiter();
  }
}

function lastTable(file: string): RouteTable | null {
  if (!existsSync(file)) return null;
  const parsed = routeTableSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}
