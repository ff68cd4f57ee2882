/**
 * What is under way, by packet identifier: open addressing, with the multiplicative hash of Knuth (The Art of Computer
 * Programming 3, 6.4) and deletion by shifting back (algorithm R there).
 *
 * Not a `Map`, which grows into a new table every few hundred messages and leaves the old one pointing to it. Once the
 * collector has moved one of these among the old objects, it keeps alive what every later one held: half of all messages
 * were copied twice and freed by the slow collection alone.
 */
const GOLDEN = 0x9e3779b1;
const SLOTS_MIN = 8;
/** A table that was larger shrinks again. */
const SLOTS_KEPT = 1024;
const NO_IDS: number[] = [0];
const NO_VALUES: never[] = [];

export class PacketIdMap<V> {
  size = 0;
  /** 0 = free; packet identifiers begin at 1 [MQTT-2.2.1-3]. */
  private ids = NO_IDS;
  private held: (V | undefined)[] = NO_VALUES;
  private mask = 0;
  private shift = 31;

  get(id: number): V | undefined {
    const at = this.find(id);
    return this.ids[at] === id ? this.held[at] : undefined;
  }

  has(id: number): boolean {
    return this.ids[this.find(id)] === id;
  }

  set(id: number, value: V): void {
    if (2 * this.size >= this.mask) this.resize(Math.max(SLOTS_MIN, 2 * (this.mask + 1)));
    const at = this.find(id);
    if (this.ids[at] === 0) {
      this.ids[at] = id;
      this.size++;
    }
    this.held[at] = value;
  }

  delete(id: number): boolean {
    let free = this.find(id);
    const { ids, held, mask } = this;
    if (ids[free] !== id) return false;
    this.size--;
    for (let at = (free + 1) & mask; ids[at] !== 0; at = (at + 1) & mask) {
      const distance = (at - this.home(ids[at]!)) & mask;
      if (distance < ((at - free) & mask)) continue;
      ids[free] = ids[at]!;
      held[free] = held[at];
      free = at;
    }
    ids[free] = 0;
    held[free] = undefined;
    if (mask >= SLOTS_KEPT && 8 * this.size < mask) this.resize((mask + 1) / 2);
    return true;
  }

  clear(): void {
    this.size = 0;
    this.ids = NO_IDS;
    this.held = NO_VALUES;
    this.mask = 0;
    this.shift = 31;
  }

  /** In no order. */
  keys(): number[] {
    return this.ids.filter((id) => id !== 0);
  }

  /** In no order. */
  values(): V[] {
    return this.held.filter((_, at) => this.ids[at] !== 0) as V[];
  }

  private home(id: number): number {
    return Math.imul(id, GOLDEN) >>> this.shift;
  }

  /** Its slot, or the free one where it would be. */
  private find(id: number): number {
    const { ids, mask } = this;
    let at = this.home(id) & mask;
    while (ids[at] !== id && ids[at] !== 0) at = (at + 1) & mask;
    return at;
  }

  private resize(slots: number): void {
    const { ids, held } = this;
    // oxlint-disable unicorn/no-new-array -- the number of slots, taken at once
    this.ids = new Array<number>(slots).fill(0);
    this.held = new Array<V | undefined>(slots).fill(undefined);
    // oxlint-enable unicorn/no-new-array
    this.mask = slots - 1;
    this.shift = Math.clz32(this.mask);
    for (const [i, id] of ids.entries())
      if (id !== 0) {
        const at = this.find(id);
        this.ids[at] = id;
        this.held[at] = held[i];
      }
  }
}
