/**
 * One machine's stream. It tells everything at its beginning (or goes on from the cursor that the machine kept), then
 * what changes. Notifications only wake it; the cursor decides what is told, so none that is lost does harm.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type MachineEvent, type MachineEventName, STREAM_COMMENT_MS } from '@rookery/contracts/machine-protocol';
import type { Question } from '@rookery/contracts/questions';
import type { NotificationHub } from '../live/notification-hub.js';
import type { MachineDeployments } from './machine-deployments.js';
import type { OpenStream } from './machine-streams.js';

/** Looks by itself this often, should a notification have been lost. */
const LOOK_MS = 10_000;

export interface StreamPorts {
  deployments: MachineDeployments;
  hub: NotificationHub;
  /** Called once a while for as long as the stream lives. */
  onAlive(): Promise<void>;
  onError(error: unknown): void;
}

export class MachineStream implements OpenStream {
  readonly streamId = randomUUID();
  private cursor = 0;
  private looking = false;
  private lookAgain = false;
  private readonly ending: (() => void)[] = [];
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;

  constructor(
    private readonly machineId: string,
    private readonly response: ServerResponse,
    private readonly ports: StreamPorts,
  ) {
    this.ended = new Promise((done) => response.once('close', done)).then(() => this.ending.forEach((end) => end()));
  }

  async begin(lastEventId: string | undefined): Promise<void> {
    this.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.response.flushHeaders();
    this.ending.push(
      this.ports.hub.listen((each) => (each === null || (each.subject === 'machine' && each.scopeId === this.machineId)) && this.look()),
    );
    this.every(STREAM_COMMENT_MS, () => this.response.write(':\n\n'));
    this.every(LOOK_MS, () => {
      this.look();
      this.ports.onAlive().catch((error: unknown) => this.ports.onError(error));
    });
    if (lastEventId === undefined) return this.tellAll();
    const cursor = Number(lastEventId);
    if (Number.isSafeInteger(cursor) && (await this.ports.deployments.knows(this.machineId, cursor))) {
      this.cursor = cursor;
      return this.look();
    }
    this.send('reset', { reason: 'The cursor is not known any more.' });
    await this.tellAll();
  }

  ask(question: Question): void {
    this.send('question', question);
  }

  close(): void {
    this.response.end();
  }

  private async tellAll(): Promise<void> {
    const { cursor, pieces } = await this.ports.deployments.snapshot(this.machineId);
    this.cursor = cursor;
    for (const piece of pieces) this.send('snapshot', piece, piece.complete ? cursor : undefined);
    this.look();
  }

  /** One reading at a time; a wish that comes meanwhile makes one more. */
  private look(): void {
    this.lookAgain = true;
    if (this.looking) return;
    this.looking = true;
    void this.lookUntilQuiet()
      .catch((error: unknown) => {
        this.ports.onError(error);
        // The machine comes back and goes on from its cursor.
        this.close();
      })
      .finally(() => (this.looking = false));
  }

  private async lookUntilQuiet(): Promise<void> {
    while (this.lookAgain && !this.response.closed) {
      this.lookAgain = false;
      const { cursor, events, more } = await this.ports.deployments.changesAfter(this.machineId, this.cursor);
      for (const [index, event] of events.entries()) this.send(event.name, event.data, index === events.length - 1 ? cursor : undefined);
      this.cursor = cursor;
      this.lookAgain ||= more;
    }
  }

  private send<N extends MachineEventName>(name: N, data: MachineEvent<N>, cursor?: number): void {
    const id = cursor === undefined ? '' : `id: ${cursor}\n`;
    if (!this.response.closed) this.response.write(`${id}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms);
    this.ending.push(() => clearInterval(timer));
  }
}
