/**
 * Retained messages for a new subscription. They go out in steps: a wildcard over many topics stops nobody else, and no
 * more is queued than the client takes.
 */
import type { RetainedMessage } from '../kernel/retained.js';
import { type Subscription, termsOf } from '../kernel/subscription.js';
import type { ClientLink } from './client-link.js';

/** A step ends after this time, looked at after so many topics. */
const STEP_MS = 2;
const TOPICS_PER_LOOK = 50;
const WAIT_MS = 5;

export class RetainedReplay {
  private readonly messages: Generator<RetainedMessage | null>;

  constructor(
    private readonly connection: ClientLink,
    private readonly subscription: Subscription,
  ) {
    this.messages = connection.broker.state.retained.matching(subscription.filter);
  }

  start(): void {
    this.step();
  }

  private step(): void {
    const { ticks } = this.connection.broker;
    const end = ticks() + STEP_MS;
    do {
      for (let i = 0; i < TOPICS_PER_LOOK; i++) {
        if (!this.isWanted) return;
        if (this.isFull) {
          setTimeout(() => this.step(), WAIT_MS).unref();
          return;
        }
        const next = this.messages.next();
        if (next.done) return;
        if (next.value !== null) this.deliver(next.value);
      }
    } while (ticks() < end);
    setImmediate(() => this.step());
  }

  private get isWanted(): boolean {
    const { connection, subscription } = this;
    return !connection.closed && connection.session!.subscriptions.get(subscription.text)?.options === subscription.options;
  }

  private get isFull(): boolean {
    const { session, sink, broker } = this.connection;
    return sink.congested || session!.queueLength * 2 > broker.policy.quotas.queueLengthMax;
  }

  /** Sent with RETAIN set [MQTT-3.3.1-8], at most at the subscription's QoS. */
  private deliver({ publication }: RetainedMessage): void {
    const { broker } = this.connection;
    const session = this.connection.session!;
    const terms = { ...termsOf(this.subscription), retainAsPublished: true };
    if (publication.isExpired(broker.now())) return;
    if (publication.qos === 0 || terms.qos === 0) broker.fanOut.sendOnce(session, publication, terms, true);
    else if (session.durable) session.store(publication, terms);
    else session.offer(publication, terms);
  }
}
