/** What one concrete topic resolves to: built from the tree, kept until a subscription that could concern it changes. */
import type { QoS } from '@rookery/mqtt-codec/packets';
import { type DeliveryTerms, type ShareGroup, type Subscriber, type Subscription, takes } from './subscription.js';

/** One session, with all its subscriptions that match joined: highest QoS [MQTT-3.3.4-2], every identifier [MQTT-3.3.4-3]. */
export class Target implements DeliveryTerms {
  identifiers: number[] | null = null;
  readonly share = null;
  qos: QoS;
  retainAsPublished: boolean;
  /** Set only when every subscription of the session says so. */
  noLocal: boolean;

  constructor(
    readonly session: Subscriber,
    { options }: Subscription,
  ) {
    this.qos = options.qos;
    this.retainAsPublished = options.retainAsPublished;
    this.noLocal = options.noLocal;
    if (options.identifier > 0) this.identifiers = [options.identifier];
  }

  join({ options }: Subscription): void {
    if (options.qos > this.qos) this.qos = options.qos;
    this.retainAsPublished ||= options.retainAsPublished;
    this.noLocal &&= options.noLocal;
    if (options.identifier > 0) (this.identifiers ??= []).push(options.identifier);
  }
}

/** A stored subscription as the persistence contract shows it. */
export class StoredSubscriber {
  readonly clientId: string;
  readonly topic: string;
  readonly qos: QoS;
  readonly rh: number | undefined;
  readonly rap: boolean | undefined;
  readonly nl: boolean | undefined;

  constructor({ session, text, options }: Subscription) {
    this.clientId = session.clientId;
    this.topic = text;
    this.qos = options.qos;
    this.rh = options.retainHandling;
    this.rap = options.retainAsPublished;
    this.nl = options.noLocal;
  }
}

export type Listener = (packet: object, done: () => void) => void;

export class Route {
  /** The topic as UTF-8, to compare with the bytes of the next PUBLISH. */
  readonly bytes: Buffer;
  generation = -1;
  targets: readonly Target[] = [];
  stored: readonly StoredSubscriber[] = [];
  groups: readonly ShareGroup[] = [];
  listeners: readonly Listener[] = [];
  /** 3 or 5: every target speaks that version and takes QoS 0 bytes as they are; 0: they differ. */
  uniform: 0 | 3 | 5 = 0;
  /** Smallest Maximum Packet Size among the targets of a uniform route. */
  packetBytesMax = 0;
  /** Commit of the store that its last stored message waits for: later ones, stored or not, wait too [MQTT-4.6.0-6]. */
  lsn = 0;

  constructor(readonly topic: string) {
    this.bytes = Buffer.from(topic);
  }

  /** Whether somebody gets a QoS 1 message without its being stored. */
  get hasTaker(): boolean {
    return this.targets.some(({ session, qos }) => takes(session, qos)) || this.groups.some((group) => group.hasTaker);
  }

  /** Whether somebody refuses a QoS 1 message, and nobody takes it. */
  get refuses(): boolean {
    const full = this.targets.some(({ session, qos }) => qos > 0 && session.refuses) || this.groups.some((group) => group.hasFull);
    return full && !this.hasTaker;
  }

  get isEmpty(): boolean {
    return this.targets.length === 0 && this.groups.length === 0;
  }
}
