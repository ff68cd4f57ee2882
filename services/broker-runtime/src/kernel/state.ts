/** Everything the broker knows besides connections: what the store brings back after a restart. */
import type { StoredMessage } from '../session/delivery.js';
import { Session } from '../session/session.js';
import type { SessionWorld } from '../session/session-world.js';
import { StoredMessages } from '../session/stored-messages.js';
import { RetainedMessages } from './retained.js';
import type { StoredWill } from './wills.js';

/** Records in the store, about, without the names in them. */
const SESSION_RECORD_BYTES = 100;
const SUBSCRIPTION_RECORD_BYTES = 12;

export class BrokerState {
  readonly sessions = new Map<string, Session>();
  readonly retained = new RetainedMessages();
  readonly wills = new Map<string, StoredWill>();
  readonly messages = new StoredMessages();
  nextSessionNumber = 1;

  /** A new session; the caller has ended an older one of the same client id. */
  create(clientId: string, world: SessionWorld, number = this.nextSessionNumber): Session {
    this.nextSessionNumber = Math.max(this.nextSessionNumber, number) + 1;
    const session = new Session(clientId, number, world);
    this.sessions.set(clientId, session);
    return session;
  }

  end(session: Session): void {
    if (this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId);
    session.end();
  }

  /** Bytes that everything alive takes in the store, about. */
  get liveBytes(): number {
    let bytes = this.retained.bytes;
    for (const message of this.messages) bytes += message.publication.size;
    for (const session of this.sessions.values())
      if (session.durable) {
        bytes += SESSION_RECORD_BYTES;
        for (const text of session.subscriptions.keys()) bytes += SUBSCRIPTION_RECORD_BYTES + text.length;
      }
    for (const { packet } of this.wills.values()) bytes += SESSION_RECORD_BYTES + packet.payload.length;
    return bytes;
  }

  get queued(): number {
    let queued = 0;
    for (const session of this.sessions.values()) queued += session.queueLength + session.inflight.size;
    return queued;
  }

  /** Remembers a message that sessions wait for; false when none does. */
  keep(message: StoredMessage): boolean {
    if (message.pending === 0) return false;
    this.messages.add(message);
    return true;
  }
}
