/**
 * Every message that the store holds. Each knows its place, and the last takes the place of one that goes: unlike a `Set`, it
 * leaves no table behind for the collector (see packet-id-map).
 */
import type { StoredMessage } from './delivery.js';

export class StoredMessages {
  private readonly items: StoredMessage[] = [];

  get size(): number {
    return this.items.length;
  }

  add(message: StoredMessage): void {
    if (message.place >= 0) return;
    message.place = this.items.push(message) - 1;
  }

  delete(message: StoredMessage): void {
    const { place } = message;
    if (place < 0) return;
    message.place = -1;
    const last = this.items.pop()!;
    if (last === message) return;
    this.items[place] = last;
    last.place = place;
  }

  /**
   * From the last to the first: what takes the place of one that goes meanwhile comes from where the walk has been already, or
   * is still to come. Nothing that was there at the beginning and stays is missed; what is added meanwhile is not visited.
   */
  *[Symbol.iterator](): Generator<StoredMessage> {
    for (let i = this.items.length - 1; i >= 0; i = Math.min(i, this.items.length) - 1) yield this.items[i]!;
  }
}
