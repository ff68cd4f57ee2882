/**
 * Memory for what leaves in one turn of the event loop. A write that did not end at once pins the arena it was made
 * from; the arena is used again when its turn is over and its last such write has ended, instead of a new megabyte each turn.
 */
const SPARES_MAX = 4;

export class ArenaPool {
  arena: Buffer;
  /** Unfinished writes by memory; only of arenas that may be used again. */
  private readonly pins = new WeakMap<ArrayBufferLike, number>();
  private readonly spares: Buffer[] = [];
  /** Were full before their turn was over: somebody may still send from them in it. */
  private readonly full: Buffer[] = [];

  /** The first arena is smaller: a process that has little to do needs no more. */
  constructor(
    private readonly arenaBytes: number,
    firstBytes: number,
  ) {
    this.arena = Buffer.allocUnsafeSlow(firstBytes);
  }

  /** Whether a write from the arena is under way. */
  get isPinned(): boolean {
    return this.pins.has(this.arena.buffer);
  }

  /** `bytes` of an arena are needed until {@link release}; others are let pass. */
  pin({ buffer }: Buffer): void {
    if (buffer === this.arena.buffer || this.isFull(buffer)) this.pins.set(buffer, (this.pins.get(buffer) ?? 0) + 1);
  }

  /** A write has ended; bytes that were not pinned are let pass. */
  release({ buffer }: Buffer): void {
    const pins = this.pins.get(buffer);
    if (pins === undefined) return;
    if (pins > 1) return void this.pins.set(buffer, pins - 1);
    this.pins.delete(buffer);
    if (buffer !== this.arena.buffer && !this.isFull(buffer)) this.keep(Buffer.from(buffer as ArrayBuffer));
  }

  /** Everything that was put into arenas is on its way; they may be filled from their start again. */
  turn(): void {
    for (const arena of this.full) if (!this.pins.has(arena.buffer)) this.keep(arena);
    this.full.length = 0;
    if (this.isPinned) this.arena = this.spare();
  }

  /** The arena is full before the turn is over. */
  replace(bytesMin: number): void {
    this.full.push(this.arena);
    this.arena = bytesMin > this.arenaBytes ? Buffer.allocUnsafeSlow(bytesMin) : this.spare();
  }

  private isFull(buffer: ArrayBufferLike): boolean {
    return this.full.some((arena) => arena.buffer === buffer);
  }

  private spare(): Buffer {
    return this.spares.pop() ?? Buffer.allocUnsafeSlow(this.arenaBytes);
  }

  /** Not the smaller first one, nor one that was made for larger bytes. */
  private keep(arena: Buffer): void {
    if (arena.length === this.arenaBytes && this.spares.length < SPARES_MAX) this.spares.push(arena);
  }
}
