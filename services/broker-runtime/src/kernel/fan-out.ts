/**
 * From one publication to its subscribers. QoS 0 bytes are put into the arena once and shared. Consecutive QoS 0
 * packets of one read that go the same way with nothing to change are one copy and one span, however many they are.
 */
import type { Outlet } from '../session/outlet.js';
import type { Counters } from '../telemetry/counters.js';
import type { Form, Publication } from './publication.js';
import type { Route, Target } from './route.js';
import { sinkForm } from './sink-form.js';
import { type DeliveryTerms, type Subscriber, type Subscription, termsOf } from './subscription.js';

export class FanOut {
  private runRoute: Route | null = null;
  private runBytes: Buffer | null = null;
  private runStart = 0;
  private runEnd = 0;
  private runPackets = 0;
  /** The form put last while one publication is delivered, to be shared by the next subscriber. */
  private shared: Form | null = null;
  private sharedFirst = 0;
  private sharedArena: Buffer | null = null;
  private sharedAt = 0;

  constructor(
    private readonly outlet: Outlet,
    private readonly counters: Counters,
    private readonly now: () => number,
  ) {
    outlet.beforeFlush = () => this.closeRun();
  }

  /** QoS 0 bytes that every target of a uniform route takes as they are. */
  forward(route: Route, wire: Form): void {
    if (this.runRoute === route && this.runEnd === wire.start && this.runBytes === wire.bytes) {
      this.runEnd = wire.end;
      this.runPackets++;
      return;
    }
    this.closeRun();
    this.runRoute = route;
    this.runBytes = wire.bytes;
    this.runStart = wire.start;
    this.runEnd = wire.end;
    this.runPackets = 1;
  }

  /** Sends the collected run. Must be called before the read buffer is used again, and before anything else is delivered. */
  closeRun(): void {
    const route = this.runRoute;
    if (route === null) return;
    this.runRoute = null;
    const packets = this.runPackets;
    const { outlet } = this;
    outlet.rewind();
    const start = outlet.put(this.runBytes!, this.runStart, this.runEnd);
    const { arena } = outlet;
    const end = start + this.runEnd - this.runStart;
    this.runBytes = null;
    const { targets } = route;
    for (let i = 0; i < targets.length; i++) {
      const { session } = targets[i]!;
      const { sink } = session;
      if (sink === null) continue;
      if (sink.congested) {
        this.drop(session, packets);
        continue;
      }
      session.messagesSent += packets;
      this.counters.messagesSent += packets;
      outlet.span(sink, arena, start, end);
    }
  }

  /** Delivers to everyone on the route but those whose messages are stored; these are only woken. */
  deliver(route: Route, publication: Publication, picks: readonly (Subscription | null)[] | undefined): void {
    this.closeRun();
    const { targets, groups } = route;
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      if (target.noLocal && target.session.clientId === publication.publisherId) continue;
      this.deliverTo(target.session, target, publication);
    }
    for (let i = 0; i < groups.length; i++) {
      const picked = picks === undefined ? groups[i]!.pick() : (picks[i] ?? null);
      if (picked === null) continue;
      this.deliverTo(picked.session, termsOf(picked), publication);
    }
    this.shared = null;
  }

  /** QoS 0 to one subscriber alone. */
  sendOnce(session: Subscriber, publication: Publication, terms: DeliveryTerms, retain: boolean): void {
    this.send(session, publication, terms, retain);
    this.shared = null;
  }

  /** `retain` is the flag the subscriber sees. */
  private send(session: Subscriber, publication: Publication, terms: DeliveryTerms, retain: boolean): void {
    const { sink } = session;
    // Behind what waits for an offline client, or came for it while it was.
    if (session.keepsQos0 && (sink === null || session.queueLength > 0)) return session.store(publication, terms);
    if (sink === null) return;
    if (sink.congested) return this.drop(session, 1);
    const form = sinkForm(publication, sink, false, terms.identifiers, publication.expiresAt > 0 ? this.now() : 0);
    // A packet the client cannot take is dropped as if it had been sent [MQTT-3.1.2-25].
    if (form === null) return this.drop(session, 1);
    const size = form.end - form.start;
    session.messagesSent++;
    this.counters.messagesSent++;
    const first = retain ? 0x31 : 0x30;
    if (this.shared === form && this.sharedFirst === first) {
      this.outlet.span(sink, this.sharedArena!, this.sharedAt, this.sharedAt + size);
      return;
    }
    const at = this.outlet.put(form.bytes, form.start, form.end);
    this.outlet.arena[at] = first;
    this.outlet.span(sink, this.outlet.arena, at, at + size);
    this.shared = form;
    this.sharedFirst = first;
    this.sharedArena = this.outlet.arena;
    this.sharedAt = at;
  }

  private deliverTo(session: Subscriber, terms: Target | DeliveryTerms, publication: Publication): void {
    if (publication.qos === 0 || terms.qos === 0) this.send(session, publication, terms, terms.retainAsPublished && publication.retain);
    else if (session.durable) session.pump();
    else session.offer(publication, terms);
  }

  private drop(session: Subscriber, packets: number): void {
    session.messagesDropped += packets;
    this.counters.messagesDropped += packets;
  }
}
