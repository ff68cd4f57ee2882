/**
 * The MQTT state of one client id: subscriptions, messages on their way to it, QoS 2 packet identifiers on their way
 * from it. It outlives its connection when its expiry interval says so; then everything here is also in the store.
 * It never reads the network and never decides who may do what.
 */
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import type { Publication } from '../kernel/publication.js';
import { sinkForm } from '../kernel/sink-form.js';
import type { DeliveryTerms, Subscriber, Subscription } from '../kernel/subscription.js';
import type { SessionRecord } from '../store/store.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Delivery, PACKET_IDS, packetIdOf, StoredMessage } from './delivery.js';
import { RELEASED, SENT_1, SENT_2 } from './forgotten.js';
import { LazyMap } from './lazy.js';
import type { Sink } from './outlet.js';
import { PacketIdMap } from './packet-id-map.js';
import { mayPassOn, passOn } from './pass-on.js';
import type { SessionWorld } from './session-world.js';

const PUBREL = 0x62;
const STORE_RETRY_MS = 500;
/** What has waited is sent in steps of this many, so that a client that comes back holds up nobody else. */
const STEP = 128;

export class Session implements Subscriber, SessionRecord {
  username: string | null = null;
  v5 = false;
  expirySeconds = 0;
  disconnectedAt = 0;
  createdAt: number;
  home = 0;
  sink: Sink | null = null;
  messagesSent = 0;
  messagesReceived = 0;
  messagesDropped = 0;
  /** Position of the next message in the queue; see {@link packetIdOf}. */
  nextSequence = 0;
  readonly subscriptions = new LazyMap<string, Subscription>();
  /** Packet identifiers of QoS 2 messages that the client has sent and not released. */
  readonly inbound = new PacketIdMap<true>();
  /** Sent and not acknowledged, by packet identifier. */
  readonly inflight = new PacketIdMap<Delivery>();
  private readonly waiting = new DeliveryQueue();
  private stepPlanned = false;
  private turns = 0;
  /** Unacknowledged messages that the client takes at a time [MQTT-3.3.4-9]. */
  private window = 0;

  constructor(
    readonly clientId: string,
    readonly number: number,
    private readonly world: SessionWorld,
  ) {
    this.createdAt = world.now();
  }

  get durable(): boolean {
    return this.expirySeconds > 0;
  }

  get queueLength(): number {
    return this.waiting.length;
  }

  get refuses(): boolean {
    const { refuses, lengthMax } = this.world.queueRules;
    return refuses && this.waiting.newLength >= lengthMax;
  }

  get keepsQos0(): boolean {
    return this.expirySeconds > 0 && this.world.queueRules.storeQos0;
  }

  /** The connection is up, but nothing is sent before {@link pump}. */
  attach(sink: Sink, window: number): void {
    this.sink = sink;
    this.window = window;
    for (const { filter } of this.subscriptions.values()) this.world.routing.invalidate(filter);
  }

  /** What was sent and not acknowledged is sent again, in order, on the next connection [MQTT-4.4.0-1]. */
  detach(): void {
    this.sink = null;
    this.waiting.resend(this.underWay());
    this.inflight.clear();
    // What it was never sent need not wait for it while other members are there.
    if (this.durable) this.passOnNew(() => true, true);
  }

  subscribe(subscription: Subscription): void {
    const { routing, store } = this.world;
    const known = this.subscriptions.get(subscription.text);
    if (known !== undefined) {
      // Replaced in place, so that no message is missed or doubled [MQTT-3.8.4-3].
      known.options = subscription.options;
      routing.invalidate(known.filter);
    } else {
      this.subscriptions.set(subscription.text, subscription);
      routing.add(subscription);
    }
    if (this.durable) store.subscriptionSaved(this, known ?? subscription);
  }

  unsubscribe(text: string): boolean {
    const subscription = this.subscriptions.get(text);
    if (subscription === undefined) return false;
    this.subscriptions.delete(text);
    this.world.routing.remove(subscription);
    if (subscription.share !== null) this.passOnNew(({ share }) => share === text, false);
    if (this.home > 0) this.world.store.subscriptionRemoved(this, text);
    return true;
  }

  offer(publication: Publication, terms: DeliveryTerms): void {
    const qos = terms.qos < publication.qos ? terms.qos : publication.qos;
    const retain = terms.retainAsPublished && publication.retain;
    // What is never sent again need not be kept, once it is sent.
    if (terms.share === null && this.isOpen()) this.sendForgotten(publication, qos, retain, terms.identifiers);
    else this.enqueue(publication, qos, retain, terms, null);
  }

  /** Queues a message that the store will hold; the caller tells the store once all sessions have it. Null when it is refused. */
  hold(message: StoredMessage, terms: DeliveryTerms, retain: boolean): Delivery | null {
    const qos = terms.qos < message.publication.qos ? terms.qos : message.publication.qos;
    return this.enqueue(message.publication, qos, retain, terms, message);
  }

  store(publication: Publication, terms: DeliveryTerms): void {
    const { store, messages } = this.world;
    const message = new StoredMessage(publication.keep());
    if (this.hold(message, terms, terms.retainAsPublished && publication.retain) === null) return;
    messages.add(message);
    store.messageStored(message);
    store.whenCommitted(() => this.pump());
  }

  /** A delivery that the store remembers; called before any client is served. */
  restore(delivery: Delivery): void {
    this.rank(delivery);
    this.waiting.push(delivery);
    this.nextSequence = Math.max(this.nextSequence, delivery.sequence + 1);
  }

  /** Queue order after all deliveries were restored; those that the window may have sent are marked as such. */
  restored(windowMax: number): void {
    const all = this.waiting.takeNew(() => true).sort((a, b) => a.sequence - b.sequence);
    // With priorities nobody knows which went first.
    const maybeSent = all.some(({ priority }) => priority > 0) ? all.length : windowMax;
    for (const delivery of all.slice(0, maybeSent)) delivery.sent = true;
    this.waiting.resend(all.slice(0, maybeSent));
    for (const delivery of all.slice(maybeSent)) this.waiting.push(delivery);
  }

  pump(): void {
    const { store } = this.world;
    for (let sent = 0; ; sent++) {
      if (sent === STEP) return this.planStep();
      const next = this.waiting.peek();
      if (next === undefined || this.sink === null || this.inflight.size >= this.window || this.sink.congested) return;
      if (next.lsn > store.committedLsn) return;
      if (this.inflight.has(packetIdOf(next.sequence))) return;
      this.waiting.shift();
      if (next.released) this.resendRelease(next);
      else this.send(next);
    }
  }

  /** Returns false for an acknowledgement that does not belong to the message's QoS [MQTT-4.3.2-3]; unknown ones are ignored. */
  onPuback(packetId: number): boolean {
    const delivery = this.inflight.get(packetId);
    if (delivery?.qos !== 1) return delivery === undefined;
    this.inflight.delete(packetId);
    this.finish(delivery);
    if (this.waiting.length > 0) this.pump();
    return true;
  }

  /** Answers with PUBREL after the store knows it, so that a resend can never become a second message. */
  onPubrec(packetId: number, reasonCode: number): boolean {
    const delivery = this.inflight.get(packetId);
    if (delivery === undefined && reasonCode < 0x80) this.releaseUnknown(packetId);
    if (delivery?.qos !== 2) return delivery === undefined;
    if (reasonCode >= 0x80) {
      this.inflight.delete(packetId);
      this.finish(delivery);
      this.pump();
      return true;
    }
    if (delivery === SENT_2) this.inflight.set(packetId, RELEASED);
    else if (!delivery.released) {
      delivery.released = true;
      if (delivery.message !== null) this.world.store.deliveryReleased(delivery);
    }
    const { sink } = this;
    if (delivery.message === null) this.world.outlet.acknowledge(sink!, PUBREL, packetId);
    else this.releaseWhenStored(sink, packetId);
    return true;
  }

  onPubcomp(packetId: number): boolean {
    const delivery = this.inflight.get(packetId);
    if (delivery?.released !== true) return delivery === undefined;
    this.inflight.delete(packetId);
    this.finish(delivery);
    if (this.waiting.length > 0) this.pump();
    return true;
  }

  /** The session is over: nothing of it may be found any more. */
  end(): void {
    const { routing, store } = this.world;
    for (const subscription of this.subscriptions.values()) routing.remove(subscription);
    this.subscriptions.clear();
    for (const delivery of [...this.underWay(), ...this.waiting]) {
      if (mayPassOn(delivery)) passOn(this.world, delivery, false);
      this.forget(delivery);
    }
    this.inflight.clear();
    while (this.waiting.shift() !== undefined);
    // A session that was never stored leaves no trace in the store.
    if (this.home > 0) store.sessionEnded(this);
  }

  /** Done with a message, whatever state it is in. */
  complete(delivery: Delivery): void {
    this.inflight.delete(packetIdOf(delivery.sequence));
    this.waiting.remove(delivery);
    this.finish(delivery);
  }

  /** Messages not yet acknowledged, for the persistence contract. */
  *outgoing(): Generator<Delivery> {
    yield* this.underWay();
    yield* this.waiting;
  }

  private enqueue(
    publication: Publication,
    qos: 0 | 1 | 2,
    retain: boolean,
    { identifiers, share }: DeliveryTerms,
    message: StoredMessage | null,
  ): Delivery | null {
    const { store, queueRules, counters } = this.world;
    const full = this.waiting.newLength >= queueRules.lengthMax;
    if (full) counters.hit('queueLengthMax');
    if (full && queueRules.refuses) {
      this.countDrop();
      return null;
    }
    this.skipTaken();
    const delivery = new Delivery(this.number, this.nextSequence++, publication.keep(), qos, retain, identifiers, message, share);
    if (message !== null) {
      message.add(delivery);
      delivery.lsn = store.lsn;
    }
    this.rank(delivery);
    this.waiting.push(delivery);
    if (full) this.drop(this.waiting.dropOldest()!);
    if (message === null) this.pump();
    return delivery;
  }

  /** A message that is never acknowledged keeps its packet identifier, and holds up no other [MQTT-2.2.1-4]. */
  private skipTaken(): void {
    while (this.inflight.size < PACKET_IDS && this.inflight.has(packetIdOf(this.nextSequence))) this.nextSequence++;
  }

  /** Its place among those that wait, and how long it may. */
  private rank(delivery: Delivery): void {
    const { queueRules } = this.world;
    delivery.priority = queueRules.priorityOf(delivery.publication.topic);
    if (queueRules.waitMsMax > 0) delivery.sendBefore = this.world.now() + queueRules.waitMsMax;
  }

  /** Nobody waits, the window is open, and the next packet identifier is free. */
  private isOpen(): boolean {
    const free = this.waiting.length === 0 && this.inflight.size < this.window && this.sink?.congested === false;
    return free && !this.inflight.has(packetIdOf(this.nextSequence));
  }

  private sendForgotten(publication: Publication, qos: 0 | 1 | 2, retain: boolean, identifiers: readonly number[] | null): void {
    const sequence = this.nextSequence++;
    if (this.transmit(publication, sequence, qos, retain, identifiers, false))
      this.inflight.set(packetIdOf(sequence), qos === 1 ? SENT_1 : SENT_2);
    else this.countDrop();
  }

  private send(delivery: Delivery): void {
    const { publication, sequence, qos, retain, identifiers, sent, sendBefore } = delivery;
    const late = sendBefore > 0 && !sent && sendBefore <= this.world.now();
    if (late || !this.transmit(publication, sequence, qos, retain, identifiers, sent)) return this.drop(delivery);
    delivery.sent = true;
    if (qos === 0) this.finish(delivery);
    else this.expectAck(packetIdOf(sequence), delivery);
  }

  private expectAck(packetId: number, delivery: Delivery): void {
    delivery.turn = ++this.turns;
    this.inflight.set(packetId, delivery);
  }

  /** Sent and not acknowledged, in the order in which it was sent. */
  private underWay(): Delivery[] {
    return this.inflight.values().sort((a, b) => a.turn - b.turn);
  }

  /** Puts one PUBLISH into the output; false when it has expired, or is larger than the client takes [MQTT-3.1.2-25]. */
  private transmit(
    publication: Publication,
    sequence: number,
    qos: number,
    retain: boolean,
    identifiers: readonly number[] | null,
    dup: boolean,
  ): boolean {
    const sink = this.sink!;
    const now = publication.expiresAt > 0 ? this.world.now() : 0;
    // What was sent before does not expire any more [MQTT-4.3.3-7].
    if (!dup && publication.isExpired(now)) return false;
    const form = sinkForm(publication, sink, qos > 0, identifiers, now);
    if (form === null) return false;
    const { outlet, counters } = this.world;
    const size = form.end - form.start;
    const at = outlet.put(form.bytes, form.start, form.end);
    const { arena } = outlet;
    arena[at] = 0x30 | (dup && qos > 0 ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
    if (qos > 0) {
      const packetId = packetIdOf(sequence);
      const idAt = at + form.idAt - form.start;
      arena[idAt] = packetId >> 8;
      arena[idAt + 1] = packetId & 0xff;
    }
    outlet.span(sink, arena, at, at + size);
    this.messagesSent++;
    counters.messagesSent++;
    return true;
  }

  private planStep(): void {
    if (this.stepPlanned) return;
    this.stepPlanned = true;
    setImmediate(() => {
      this.stepPlanned = false;
      this.pump();
    });
  }

  /** New messages of shared subscriptions go to other members where there are any. */
  private passOnNew(which: (delivery: Delivery) => boolean, connectedOnly: boolean): void {
    if (this.waiting.newLength === 0) return;
    for (const delivery of this.waiting.takeNew((waiting) => mayPassOn(waiting) && which(waiting)))
      if (passOn(this.world, delivery, connectedOnly)) this.finish(delivery);
      else this.waiting.push(delivery);
    this.waiting.sortNew();
  }

  private resendRelease(delivery: Delivery): void {
    const packetId = packetIdOf(delivery.sequence);
    this.expectAck(packetId, delivery);
    this.world.outlet.acknowledge(this.sink!, PUBREL, packetId);
  }

  /** PUBREL; a disk that takes nothing at the moment makes the client wait. */
  private releaseWhenStored(sink: Sink | null, packetId: number): void {
    this.world.store.whenCommitted((error) => {
      if (sink === null || this.sink !== sink) return;
      if (error === null) this.world.outlet.acknowledge(sink, PUBREL, packetId);
      else setTimeout(() => this.releaseWhenStored(sink, packetId), STORE_RETRY_MS).unref();
    });
  }

  private releaseUnknown(packetId: number): void {
    const sink = this.sink!;
    if (!sink.v5) return this.world.outlet.acknowledge(sink, PUBREL, packetId);
    this.world.outlet.send(sink, Buffer.from([PUBREL, 3, packetId >> 8, packetId & 0xff, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND]));
  }

  private drop(delivery: Delivery): void {
    this.countDrop();
    this.finish(delivery);
  }

  private countDrop(): void {
    this.messagesDropped++;
    this.world.counters.messagesDropped++;
  }

  private finish(delivery: Delivery): void {
    if (this.forget(delivery)) this.world.store.deliveryDone(delivery);
  }

  /** Returns whether the store held it. */
  private forget(delivery: Delivery): boolean {
    if (delivery.done || delivery.message === null) return false;
    delivery.done = true;
    if (--delivery.message.pending === 0) this.world.messages.delete(delivery.message);
    return true;
  }
}
