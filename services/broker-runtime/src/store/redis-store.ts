/**
 * State that several brokers share over Redis: retained messages and wills, kept by aedes-persistence-redis. What a Redis
 * holds of sessions is not enough for ours (order, windows, QoS 2 over a crash), so here sessions end with their
 * connection, and nothing about them is stored; docs/reference/shared-store.md says what follows from that.
 *
 * Retained messages are held in memory too. Redis has the last word: whoever changes a topic, or hears that another
 * broker has, reads it again, so that all brokers come to hold the same.
 */
import { publicationOf, type AedesPacket } from '../kernel/publication.js';
import { RetainedMessage, type RetainedMessages } from '../kernel/retained.js';
import type { StoredWill } from '../kernel/wills.js';
import { StoreUnreachableError } from './errors.js';
import { MemoryStore } from './memory-store.js';
import type { RedisEmitter, RedisOptions, RedisPersistence } from './redis-contracts.js';

const CONNECT_TIMEOUT_MS = 5_000;

/** Sessions as in {@link MemoryStore}; what is shared besides. */
export class RedisStore extends MemoryStore {
  private outstanding = 0;
  /** Resolves, after everything before, to the error of the last operation. */
  private tail: Promise<Error | null> = Promise.resolve(null);

  private constructor(
    readonly emitter: RedisEmitter,
    readonly persistence: RedisPersistence,
    private readonly retained: RetainedMessages,
    /** Our own id among the brokers. */
    private readonly brokerId: string,
  ) {
    super();
  }

  /** Connects; throws {@link StoreUnreachableError} when that is not possible. `onError` hears of later faults. */
  static async open(
    options: RedisOptions,
    retained: RetainedMessages,
    brokerId: string,
    onError: (error: Error) => void,
  ): Promise<RedisStore> {
    const { redisEmitter, redisPersistence } = await import('./redis-modules.js');
    const emitter = redisEmitter(options);
    let reached = false;
    let fault: Error | null = null;
    emitter.state.on('error', (error: Error) => {
      fault = error;
      if (reached) onError(error);
    });
    await connected(emitter, () => fault);
    reached = true;
    // Waits for its own connection, which the others have shown to be possible.
    const persistence = redisPersistence({ ...options, enableOfflineQueue: true });
    const store = new RedisStore(emitter, persistence, retained, brokerId);
    emitter.subConn.on('ready', () => void store.readAll().catch(onError));
    return store;
  }

  override get refusal(): Error | null {
    return this.emitter.pubConn.status === 'ready' ? null : new StoreUnreachableError('the connection to Redis is lost');
  }

  /** Every retained message there is, again; after a lost connection some may have been missed. */
  async readAll(): Promise<void> {
    const found = new Set<string>();
    for await (const packet of this.persistence.createRetainedStreamCombi(['#'])) {
      found.add(packet.topic);
      this.hold(packet);
    }
    for (const topic of this.retained.byTopic.keys()) if (!found.has(topic)) await this.read(topic);
  }

  /** Another broker has told us of a retained message. */
  retainedElsewhere(packet: AedesPacket): void {
    if (packet.payload.length === 0) this.retained.delete(packet.topic);
    else this.hold(packet);
    this.track(this.read(packet.topic));
  }

  override retainedSaved({ packet }: RetainedMessage): void {
    this.track(this.persistence.storeRetained(packet).then(() => this.read(packet.topic)));
  }

  override retainedCleared(topic: string): void {
    this.track(this.persistence.storeRetained({ topic, payload: Buffer.alloc(0) }).then(() => this.read(topic)));
  }

  override willSaved({ clientId, packet }: StoredWill): void {
    this.track(this.persistence.putWill({ id: clientId }, { ...packet }));
  }

  override willRemoved(clientId: string): void {
    this.track(this.persistence.delWill({ id: clientId, brokerId: this.brokerId }));
  }

  override whenCommitted(done: (error: Error | null) => void): void {
    if (this.outstanding === 0) done(null);
    else void this.afterTail(done);
  }

  override async close(): Promise<void> {
    await this.tail;
    await this.persistence.destroy();
  }

  private hold(packet: AedesPacket): void {
    this.retained.set(new RetainedMessage(publicationOf(packet), null));
  }

  private async read(topic: string): Promise<void> {
    for await (const packet of this.persistence.createRetainedStreamCombi([topic])) return this.hold(packet);
    this.retained.delete(topic);
  }

  private async afterTail(done: (error: Error | null) => void): Promise<void> {
    done(await this.tail);
  }

  private track(operation: Promise<unknown>): void {
    this.outstanding++;
    const own = operation.then(
      () => null,
      (error: Error) => error,
    );
    this.tail = Promise.all([this.tail, own]).then(([, error]) => {
      this.outstanding--;
      return error;
    });
  }
}

async function connected({ pubConn, subConn }: RedisEmitter, fault: () => Error | null): Promise<void> {
  const deadline = Date.now() + CONNECT_TIMEOUT_MS;
  while (pubConn.status !== 'ready' || subConn.status !== 'ready') {
    if (Date.now() > deadline || fault() !== null) {
      pubConn.disconnect();
      subConn.disconnect();
      throw new StoreUnreachableError(fault()?.message ?? `no answer within ${CONNECT_TIMEOUT_MS} ms`, fault());
    }
    await new Promise((wake) => setTimeout(wake, 5));
  }
}
