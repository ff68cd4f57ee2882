/**
 * What waits for one session. First what was sent before and must be sent again, in its old order [MQTT-4.6.0-1]; then by
 * the priority of the topic; then in the order it came, so that each topic stays in order [MQTT-4.6.0-6].
 */
import type { Delivery } from './delivery.js';
import { Fifo } from './fifo.js';

export class DeliveryQueue {
  private again: Fifo<Delivery> | null = null;
  /** Highest priority first; null while no topic has one. */
  private urgent: { priority: number; items: Fifo<Delivery> }[] | null = null;
  private readonly plain = new Fifo<Delivery>();

  get length(): number {
    return (this.again?.length ?? 0) + this.newLength;
  }

  /** Without those that were sent before: the part that a bound may drop from. */
  get newLength(): number {
    let length = this.plain.length;
    if (this.urgent !== null) for (const { items } of this.urgent) length += items.length;
    return length;
  }

  push(delivery: Delivery): void {
    if (delivery.priority === 0) this.plain.push(delivery);
    else this.level(delivery.priority).push(delivery);
  }

  peek(): Delivery | undefined {
    return this.first.peek();
  }

  shift(): Delivery | undefined {
    return this.first.shift();
  }

  /** Puts what was sent and not acknowledged in front of everything. */
  resend(deliveries: readonly Delivery[]): void {
    if (deliveries.length === 0) return;
    this.again ??= new Fifo();
    this.again.prepend(deliveries);
  }

  /** The oldest of the least urgent. */
  dropOldest(): Delivery | undefined {
    return (this.plain.length > 0 ? this.plain : (this.urgent?.findLast(({ items }) => items.length > 0)?.items ?? this.plain)).shift();
  }

  remove(delivery: Delivery): void {
    for (const fifo of this.fifos()) fifo.remove(delivery);
  }

  /** Takes out the new ones of which `wanted` says so. */
  takeNew(wanted: (delivery: Delivery) => boolean): Delivery[] {
    const taken: Delivery[] = [];
    for (const fifo of this.fifos()) if (fifo !== this.again) taken.push(...fifo.take(wanted));
    return taken;
  }

  /** Brings new ones back into the order of their coming. */
  sortNew(): void {
    for (const fifo of this.fifos()) if (fifo !== this.again) fifo.sort((a, b) => a.sequence - b.sequence);
  }

  *[Symbol.iterator](): Generator<Delivery> {
    for (const fifo of this.fifos()) yield* fifo;
  }

  private get first(): Fifo<Delivery> {
    if (this.again !== null && this.again.length > 0) return this.again;
    if (this.urgent !== null) for (const { items } of this.urgent) if (items.length > 0) return items;
    return this.plain;
  }

  private *fifos(): Generator<Fifo<Delivery>> {
    if (this.again !== null) yield this.again;
    if (this.urgent !== null) for (const { items } of this.urgent) yield items;
    yield this.plain;
  }

  private level(priority: number): Fifo<Delivery> {
    this.urgent ??= [];
    const found = this.urgent.find((level) => level.priority === priority);
    if (found !== undefined) return found.items;
    const items = new Fifo<Delivery>();
    this.urgent.push({ priority, items });
    this.urgent.sort((a, b) => b.priority - a.priority);
    return items;
  }
}
