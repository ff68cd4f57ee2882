/**
 * Our emitter with mqemitter-redis behind it: a message is delivered here at once, and goes to every other broker of the
 * deployment over Redis. QoS 1 and 2 are not acknowledged before Redis has taken the message.
 */
import type { RedisStore } from '../store/redis-store.js';
import { KernelEmitter } from './mq.js';
import type { AedesPacket } from './publication.js';

type Parts = ConstructorParameters<typeof KernelEmitter>;

export class BridgedEmitter extends KernelEmitter {
  override readonly isShared = true;
  constructor(
    private readonly store: RedisStore,
    /** Our own id among the brokers: what comes back from us is not ours to deliver twice. */
    private readonly brokerId: string,
    ...parts: Parts
  ) {
    super(...parts);
  }

  /** Resolves when messages of other brokers arrive. All are heard: Redis cannot tell which of them somebody here wants. */
  connect(): Promise<void> {
    return new Promise((resolve) => {
      const hear = (packet: AedesPacket, done: () => void) => {
        if (packet.brokerId !== this.brokerId && !this.closed) this.hear(packet);
        done();
      };
      this.store.emitter.on('#', hear, resolve);
    });
  }

  override emit(packet: AedesPacket, done: (error?: Error) => void = ignore): this {
    if (this.closed) return super.emit(packet, done);
    super.emit(packet);
    const waits = packet.qos > 0;
    this.store.emitter.emit(packet, (error) => {
      if (waits) done(error);
    });
    if (!waits) done();
    return this;
  }

  override close(done: () => void): this {
    super.close(() => this.store.emitter.close(done));
    return this;
  }

  private hear(packet: AedesPacket): void {
    super.emit(packet);
    if (packet.retain) this.store.retainedElsewhere(packet);
  }
}

function ignore(): void {}
