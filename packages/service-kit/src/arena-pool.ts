/**
 * Memory for what leaves in one turn of the event loop. A write that did not end at once pins the arena it was made
 * from; the arena is used again when its last such write has ended, instead of a new megabyte each turn.
 */
const SPARES_MAX = 4;

export class ArenaPool {
  arena: Buffer;
  /** Unfinished writes by memory; only of arenas that may be used again. */
  private readonly pins = new WeakMap<ArrayBufferLike, number>();
  private readonly spares: Buffer[] = [];

  /** The first arena is smaller: a process that has little to do needs no more. */
  constructor(
    private readonly arenaBytes: number,
    firstBytes: number,
  ) {
    this.arena = Buffer.allocUnsafeSlow(firstBytes);
  }

  /** `bytes` of the arena are needed until {@link release}. */
  pin(bytes: Buffer): void {
    if (bytes.buffer === this.arena.buffer) this.pins.set(bytes.buffer, (this.pins.get(bytes.buffer) ?? 0) + 1);
  }

  /** A write has ended; bytes that were not pinned are let pass. */
  release(bytes: Buffer): void {
    const { buffer } = bytes;
    const pins = this.pins.get(buffer);
    if (pins === undefined) return;
    if (pins > 1) return void this.pins.set(buffer, pins - 1);
    this.pins.delete(buffer);
    const spare = buffer !== this.arena.buffer && buffer.byteLength === this.arenaBytes && this.spares.length < SPARES_MAX;
    if (spare) this.spares.push(Buffer.from(buffer as ArrayBuffer));
  }

  /** Everything that was put into the arena is on its way; it may be filled from its start again. */
  turn(): void {
    if (this.pins.has(this.arena.buffer)) this.arena = this.spares.pop() ?? Buffer.allocUnsafeSlow(this.arenaBytes);
  }

  /** The arena is full before the turn is over; the old one stays with whoever still sends from it, for good. */
  replace(bytesMin: number): void {
    this.pins.delete(this.arena.buffer);
    this.arena = Buffer.allocUnsafeSlow(Math.max(this.arenaBytes, bytesMin));
  }
}
