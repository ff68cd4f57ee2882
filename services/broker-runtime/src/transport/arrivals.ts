/** Links whose CONNECT was not accepted yet, in the order they came. Each has ten seconds, however slowly it talks. */
import type { Transport } from './transport.js';

const CONNECT_TIMEOUT_MS = 10_000;

export class Arrivals {
  /** When each came, on the monotonic clock. */
  private readonly waiting = new Map<Transport, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly ticks: () => number) {}

  add(transport: Transport): void {
    this.waiting.set(transport, this.ticks());
    this.timer ??= setTimeout(() => this.sweep(), CONNECT_TIMEOUT_MS).unref();
  }

  get size(): number {
    return this.waiting.size;
  }

  /** The client is in, or gone. */
  settled(transport: Transport): void {
    this.waiting.delete(transport);
  }

  private sweep(): void {
    this.timer = null;
    const now = this.ticks();
    for (const [transport, arrivedAt] of this.waiting) {
      const left = arrivedAt + CONNECT_TIMEOUT_MS - now;
      if (left > 0) {
        this.timer = setTimeout(() => this.sweep(), left).unref();
        return;
      }
      this.waiting.delete(transport);
      transport.destroy();
    }
  }
}
