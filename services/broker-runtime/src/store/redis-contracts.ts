/** What we use of mqemitter-redis and aedes-persistence-redis, and of the ioredis connections inside. */
import type { EventEmitter } from 'node:events';
import type { AedesPacket } from '../kernel/publication.js';
import type { WillPacket } from '../kernel/wills.js';

/** Options of ioredis; a command on a lost connection fails at once, because whoever waits for it is a client. */
export interface RedisOptions {
  host?: string;
  port?: number;
  path?: string;
  username?: string;
  password?: string;
  db?: number;
  tls?: object;
  enableOfflineQueue: boolean;
  maxRetriesPerRequest: number;
  lazyConnect?: boolean;
}

interface RedisConnection extends EventEmitter {
  readonly status: string;
  disconnect(): void;
}

export interface RedisEmitter {
  readonly subConn: RedisConnection;
  readonly pubConn: RedisConnection;
  /** Errors of the connections; without a listener they would end the process. */
  readonly state: EventEmitter;
  on(topic: string, listener: (packet: AedesPacket, done: () => void) => void, done?: () => void): void;
  emit(packet: AedesPacket, done: (error?: Error) => void): void;
  close(done: () => void): void;
}

export interface RedisPersistence {
  setup(broker: object): Promise<void>;
  storeRetained(packet: Pick<AedesPacket, 'topic' | 'payload'>): Promise<void>;
  createRetainedStreamCombi(patterns: readonly string[]): AsyncIterable<AedesPacket>;
  putWill(client: { id: string }, packet: WillPacket): Promise<void>;
  delWill(client: { id: string; brokerId: string }): Promise<WillPacket | null>;
  streamWill(brokers: Readonly<Record<string, unknown>>): AsyncIterable<WillPacket>;
  destroy(): Promise<void>;
}
