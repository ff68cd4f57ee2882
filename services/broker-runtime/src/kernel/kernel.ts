/**
 * aedes as the kernel: every message of every source goes through its `publish`, which stamps it, stores what must be
 * retained or queued, and emits it. Its own client class and wire code are not used; see docs/adr for the reasons.
 */
import { Aedes, type AedesOptions } from 'aedes';
import type { Kernel, KernelClient } from './kernel-client.js';
import type { KernelEmitter } from './mq.js';
import type { KernelPersistence } from './persistence.js';
import type { AedesPacket } from './publication.js';

const HEARTBEAT_MS = 5_000;
/** Calls after which V8 has seen all that a heartbeat does: it begins to remember after some hundred bytes of bytecode. */
const HEARTBEATS_SEEN = 100;

type Done = (error?: Error | null) => void;

export class AedesKernel implements Kernel {
  private readonly ownPublished: unknown;
  /** Somebody listens, or once did, to what aedes says of each message. */
  private hasListeners = false;

  private constructor(
    readonly aedes: Aedes,
    private readonly ownHook: unknown,
  ) {
    this.ownPublished = aedes.published;
    this.sayOnlyWhatIsHeard();
  }

  /** aedes says `publish` of each message. Nobody listens, mostly, and to find that out costs as much as the saying. */
  private sayOnlyWhatIsHeard(): void {
    const { aedes } = this;
    const onListener = (event: string) => {
      this.hasListeners ||= event === 'publish';
    };
    aedes.on('newListener' as 'closed', onListener as () => void);
    const emit = aedes.emit.bind(aedes) as (...said: unknown[]) => boolean;
    const heard = (event: string, ...said: unknown[]) => (event !== 'publish' || this.hasListeners) && emit(event, ...said);
    aedes.emit = heard as typeof aedes.emit;
  }

  /**
   * `id` must be new at every start: aedes publishes the wills of brokers whose heartbeat has stopped, and would take a
   * reused id for a living one.
   */
  static async start(id: string, mq: KernelEmitter, persistence: KernelPersistence, onError: (error: Error) => void): Promise<AedesKernel> {
    // Rules were asked before a message comes here, and wills are filtered where they are streamed.
    const authorizePublish = (_client: unknown, _packet: unknown, done: Done) => done(null);
    const options = { id, mq, persistence, heartbeatInterval: HEARTBEAT_MS, authorizePublish } as unknown as AedesOptions;
    const aedes = await Aedes.createBroker(options);
    aedes.on('error' as 'closed', onError as () => void);
    const kernel = new AedesKernel(aedes, authorizePublish);
    if (!mq.isShared) kernel.showHeartbeats();
    return kernel;
  }

  /**
   * What aedes publishes by itself has two fields. The first heartbeat, seconds after the start, made V8 throw away the code of
   * the path of all messages, which had never seen such a packet, and compile it again beside the loop: 30 ms in which every
   * message waits. So it is seen before the path is compiled.
   */
  private showHeartbeats(): void {
    const { aedes } = this;
    const heartbeat = { topic: `$SYS/${aedes.id}/heartbeat`, payload: Buffer.from(aedes.id) } as AedesPacket;
    for (let i = 0; i < HEARTBEATS_SEEN; i++) this.publish({ ...heartbeat }, null, () => {});
  }

  get connectedClients(): number {
    return this.aedes.connectedClients;
  }

  /** An operator's own `authorizePublish` hook is asked as aedes would ask it; it may change the packet. */
  publish(packet: AedesPacket, client: KernelClient | null, done: Done): void {
    const { aedes } = this;
    if (!this.hasOnlookers) return aedes.publish(packet, client, done);
    // They may look later, when the read buffer holds other bytes.
    packet.payload = Buffer.from(packet.payload as Buffer);
    const hook = aedes.authorizePublish as unknown as (client: unknown, packet: unknown, done: Done) => void;
    hook(client, packet, (error) => (error ? done(error) : aedes.publish(packet, client, done)));
  }

  get hasOnlookers(): boolean {
    const { aedes } = this;
    return this.hasListeners || aedes.authorizePublish !== this.ownHook || aedes.published !== this.ownPublished;
  }

  register(client: KernelClient): void {
    this.aedes.registerClient(client);
  }

  unregister(client: KernelClient): void {
    this.aedes.unregisterClient(client);
  }

  clientOf(clientId: string): KernelClient | undefined {
    return this.aedes.clients[clientId];
  }

  /** Ids of connected clients. */
  clientIds(): string[] {
    return Object.keys(this.aedes.clients);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.aedes.close(resolve));
  }
}
