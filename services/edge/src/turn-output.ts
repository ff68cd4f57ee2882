/**
 * What leaves in one turn of the event loop: copied once into one arena, and given away in as few pieces as it lies in,
 * after the reads of the turn.
 */
import { ArenaPool } from '@rookery/service-kit/arena-pool';

const ARENA_BYTES = 1 << 20;
const FIRST_ARENA_BYTES = 1 << 16;

interface Span<T> {
  target: T;
  start: number;
  end: number;
}

export class TurnOutput<T extends object> {
  private readonly pool = new ArenaPool(ARENA_BYTES, FIRST_ARENA_BYTES);
  private at = 0;
  /** In order of arrival; the bytes of one target may lie in several spans. */
  private readonly spans: Span<T>[] = [];
  private last: Span<T> | null = null;
  private scheduled = false;
  private readonly run = () => {
    this.scheduled = false;
    this.flush();
  };

  /** `send` returns false when the bytes are still needed after the call, until {@link release}. */
  constructor(private readonly send: (target: T, bytes: Buffer) => boolean) {}

  add(target: T, bytes: Buffer): void {
    if (this.at + bytes.length > this.pool.arena.length) {
      this.flush();
      if (bytes.length > this.pool.arena.length || this.pool.arena.length < ARENA_BYTES) this.pool.replace(bytes.length);
    }
    bytes.copy(this.pool.arena, this.at);
    if (this.last?.target === target) this.last.end += bytes.length;
    else this.spans.push((this.last = { target, start: this.at, end: this.at + bytes.length }));
    this.at += bytes.length;
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(this.run);
  }

  release(bytes: Buffer): void {
    this.pool.release(bytes);
  }

  flush(): void {
    const { pool, spans } = this;
    for (let i = 0; i < spans.length; i++) {
      const { target, start, end } = spans[i]!;
      const bytes = pool.arena.subarray(start, end);
      if (!this.send(target, bytes)) pool.pin(bytes);
    }
    spans.length = 0;
    this.last = null;
    this.at = 0;
    pool.turn();
  }
}
