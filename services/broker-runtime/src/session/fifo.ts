/** A queue without shifting: taken entries are left behind and cut off now and then. */
/** Of queues that never held anything; never written. */
const NONE: never[] = [];

export class Fifo<T> {
  private items: T[] = NONE;
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    if (this.items === NONE) this.items = [item];
    else this.items.push(item);
  }

  peek(): T | undefined {
    return this.items[this.head];
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    (this.items as (T | undefined)[])[this.head++] = undefined;
    if (this.head === this.items.length || (this.head > 1024 && this.head * 2 > this.items.length)) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  /** Puts items in front of all others. */
  prepend(items: readonly T[]): void {
    this.items = [...items, ...this];
    this.head = 0;
  }

  remove(item: T): void {
    this.items = [...this].filter((other) => other !== item);
    this.head = 0;
  }

  /** Removes and returns those of which `wanted` says so. */
  take(wanted: (item: T) => boolean): T[] {
    const all = [...this];
    this.items = all.filter((item) => !wanted(item));
    this.head = 0;
    return all.filter(wanted);
  }

  sort(order: (a: T, b: T) => number): void {
    this.items = [...this].sort(order);
    this.head = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = this.head; i < this.items.length; i++) yield this.items[i]!;
  }
}
