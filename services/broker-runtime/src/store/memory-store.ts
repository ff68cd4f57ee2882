/** No disk at all: everything lives as long as the process. */
import type { Store } from './store.js';

export class MemoryStore implements Store {
  readonly lsn = 0;
  readonly committedLsn = 0;
  readonly refusal = null;
  readonly bytes = 0;

  sessionSaved(): void {}
  sessionEnded(): void {}
  subscriptionSaved(): void {}
  subscriptionRemoved(): void {}
  messageStored(): void {}
  deliveryReleased(): void {}
  deliveryDone(): void {}
  inboundAdded(): void {}
  inboundRemoved(): void {}
  retainedSaved(): void {}
  retainedCleared(): void {}
  willSaved(): void {}
  willRemoved(): void {}
  limit(): void {}

  whenCommitted(done: (error: Error | null) => void): void {
    done(null);
  }

  async close(): Promise<void> {}
}
