/** A subscription of one session, and the group that shares one. */
import type { QoS } from '@rookery/mqtt-codec/packets';
import type { Sink } from '../session/outlet.js';
import type { Publication } from './publication.js';

export interface SubscriptionOptions {
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: 0 | 1 | 2;
  /** 0 = none. */
  identifier: number;
}

/** How one subscriber gets one message. */
export interface DeliveryTerms {
  qos: QoS;
  retainAsPublished: boolean;
  identifiers: readonly number[] | null;
  /** The shared subscription it comes through, as the client wrote it; null for ordinary ones. */
  share: string | null;
}

/** The terms of one subscription alone. */
export function termsOf({ text, share, options }: Subscription): DeliveryTerms {
  const { qos, retainAsPublished, identifier } = options;
  return { qos, retainAsPublished, identifiers: identifier > 0 ? [identifier] : null, share: share === null ? null : text };
}

/** What routing knows of a session. */
export interface Subscriber {
  readonly clientId: string;
  /** Whether messages of QoS 1 and 2 are stored for it. */
  readonly durable: boolean;
  /** Whether messages of QoS 0 wait for it while it is offline. */
  readonly keepsQos0: boolean;
  readonly queueLength: number;
  /** Whether it would refuse a message of QoS 1 or 2 now, because as much waits for it as may. */
  readonly refuses: boolean;
  /** The output of its connection; null while it is offline. */
  readonly sink: Sink | null;
  /** Counters of the session; see contracts `clientSnapshotSchema`. */
  messagesSent: number;
  messagesDropped: number;
  /** Sends a message that is not stored: at once, or when the receive window opens. */
  offer(publication: Publication, terms: DeliveryTerms): void;
  /** Stores a message for it alone, and sends it when that is committed. */
  store(publication: Publication, terms: DeliveryTerms): void;
  /** Sends stored messages that are committed, as far as the window allows. */
  pump(): void;
}

export class Subscription {
  /** Store segment that holds its record. */
  home = 0;

  constructor(
    readonly session: Subscriber,
    /** As the client wrote it, share included. */
    readonly text: string,
    /** What it matches. */
    readonly filter: string,
    /** Share name; null for an ordinary subscription. */
    readonly share: string | null,
    public options: SubscriptionOptions,
  ) {}
}

/** How members of shared subscriptions are chosen; the policy may change it at any time. */
export interface Sharing {
  strategy: 'round-robin' | 'sticky';
}

/** Members of one `$share/{name}/{filter}`; each message goes to one of them [MQTT-4.8.2-3]. */
export class ShareGroup {
  private readonly members: Subscription[] = [];
  private next = -1;
  /** The member that takes everything, with the strategy `sticky`. */
  private chosen: Subscription | null = null;

  constructor(
    readonly name: string,
    readonly filter: string,
    private readonly sharing: Sharing,
  ) {}

  get size(): number {
    return this.members.length;
  }

  /** Whether a message may have to be stored for a member. */
  get hasDurable(): boolean {
    return this.members.some(({ session }) => session.durable);
  }

  add(member: Subscription): void {
    this.members.push(member);
  }

  remove(member: Subscription): void {
    const at = this.members.indexOf(member);
    if (at !== -1) this.members.splice(at, 1);
    if (this.chosen === member) this.chosen = null;
  }

  /** Whether some member takes messages without their being stored. */
  get hasTaker(): boolean {
    return this.members.some(({ session, options }) => takes(session, options.qos));
  }

  /** Whether some member refuses messages. */
  get hasFull(): boolean {
    return this.members.some(({ session }) => session.refuses);
  }

  /** A connected member; when there is none, one whose messages are stored. One that refuses only where all do. */
  pick(): Subscription | null {
    const picked = this.pickConnected();
    if (picked !== null && !picked.session.refuses) return picked;
    return this.turn(({ durable, refuses }) => durable && !refuses) ?? picked ?? this.turn(({ durable }) => durable);
  }

  /** One that reads what it is sent is preferred to one that does not, and both to one that takes no more. */
  pickConnected(): Subscription | null {
    const sticky = this.sharing.strategy === 'sticky' ? this.chosen?.session : undefined;
    if (sticky !== undefined && sticky.sink !== null && !sticky.refuses) return this.chosen;
    const picked =
      this.turn(({ sink, refuses }) => sink !== null && !sink.congested && !refuses) ??
      this.turn(({ sink, refuses }) => sink !== null && !refuses) ??
      this.turn(({ sink }) => sink !== null);
    return (this.chosen = picked);
  }

  private turn(able: (session: Subscriber) => boolean): Subscription | null {
    for (let tries = this.members.length; tries > 0; tries--) {
      this.next = (this.next + 1) % this.members.length;
      const member = this.members[this.next]!;
      if (able(member.session)) return member;
    }
    return null;
  }
}

/** Whether a subscriber gets messages without their being stored, and refuses none. */
export function takes(session: Subscriber, qos: QoS): boolean {
  return session.sink !== null && (qos === 0 || (!session.durable && !session.refuses));
}
