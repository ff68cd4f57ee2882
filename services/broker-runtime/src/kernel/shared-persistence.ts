/** Our persistence where brokers share a Redis: wills of all of them are found there, so that survivors publish them. */
import { Readable } from 'node:stream';
import type { RedisStore } from '../store/redis-store.js';
import { KernelPersistence } from './persistence.js';
import type { WillPacket } from './wills.js';

type Parts = ConstructorParameters<typeof KernelPersistence>;

export class SharedPersistence extends KernelPersistence {
  constructor(
    private readonly store: RedisStore,
    ...parts: Parts
  ) {
    super(...parts);
  }

  override async setup(broker: { id: string }): Promise<void> {
    await super.setup(broker);
    await this.store.persistence.setup(broker);
    await this.store.readAll();
  }

  /** Wills of brokers that do not live any more; whether they may be published was asked at their CONNECT. */
  override streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    return Readable.from(this.store.persistence.streamWill(brokers));
  }

  override async delWill(client: { id: string; brokerId?: string }): Promise<WillPacket | undefined> {
    const { id, brokerId } = client;
    if (brokerId === undefined || brokerId === this.broker.id) return super.delWill(client);
    return (await this.store.persistence.delWill({ id, brokerId })) ?? undefined;
  }
}
