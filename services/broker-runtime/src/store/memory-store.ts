/** No disk at all: everything lives as long as the process. */
import type { RetainedMessage } from '../kernel/retained.js';
import type { StoredWill } from '../kernel/wills.js';
import type { Store } from './store.js';

export class MemoryStore implements Store {
  readonly lsn = 0;
  readonly committedLsn = 0;
  readonly bytes = 0;

  get refusal(): Error | null {
    return null;
  }

  sessionSaved(): void {}
  sessionEnded(): void {}
  subscriptionSaved(): void {}
  subscriptionRemoved(): void {}
  messageStored(): void {}
  deliveryReleased(): void {}
  deliveryDone(): void {}
  inboundAdded(): void {}
  inboundRemoved(): void {}
  retainedSaved(_message: RetainedMessage): void {}
  retainedCleared(_topic: string): void {}
  willSaved(_will: StoredWill): void {}
  willRemoved(_clientId: string): void {}
  limit(): void {}

  whenCommitted(done: (error: Error | null) => void): void {
    done(null);
  }

  async close(): Promise<void> {}
}
