/**
 * The durable side of the broker. Owns: what must survive the process (sessions, subscriptions, stored messages,
 * QoS 2 states, retained messages, wills). Never: decides anything; it is told of each change and remembers it.
 * When the process dies, what was committed comes back; what was not was never acknowledged.
 *
 * Changes that are told within one synchronous run are committed together or not at all.
 */
import type { RetainedMessage } from '../kernel/retained.js';
import type { StoredWill } from '../kernel/wills.js';
import type { Subscription } from '../kernel/subscription.js';
import type { Delivery, StoredMessage } from '../session/delivery.js';

/** What the store keeps of a session. */
export interface SessionRecord {
  readonly number: number;
  readonly clientId: string;
  username: string | null;
  v5: boolean;
  expirySeconds: number;
  /** Milliseconds since 1970; 0 while connected. */
  disconnectedAt: number;
  createdAt: number;
  home: number;
}

export interface Store {
  sessionSaved(session: SessionRecord): void;
  sessionEnded(session: SessionRecord): void;
  subscriptionSaved(session: SessionRecord, subscription: Subscription): void;
  subscriptionRemoved(session: SessionRecord, text: string): void;
  messageStored(message: StoredMessage): void;
  deliveryReleased(delivery: Delivery): void;
  deliveryDone(delivery: Delivery): void;
  inboundAdded(session: SessionRecord, packetId: number): void;
  inboundRemoved(session: SessionRecord, packetId: number): void;
  retainedSaved(retained: RetainedMessage): void;
  retainedCleared(topic: string): void;
  willSaved(will: StoredWill): void;
  willRemoved(clientId: string): void;

  /** Number of the commit that will hold the changes told now. */
  readonly lsn: number;
  readonly committedLsn: number;
  /** Calls back when all that was told so far is committed: at once when nothing is outstanding. */
  whenCommitted(done: (error: Error | null) => void): void;
  /** Why new data is refused at present (disk full, limit reached); null when it is taken. */
  readonly refusal: Error | null;
  /** Bytes on disk. */
  readonly bytes: number;
  /** New limit on {@link bytes}. */
  limit(bytesMax: number): void;
  close(): Promise<void>;
}
