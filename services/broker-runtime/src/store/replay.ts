/**
 * From the records of the log back to the state of the broker. Compaction moves records to the head of the log, so a
 * session may stand behind its subscriptions and messages: everything is gathered first and joined at the end.
 */
import type { ByteReader } from '@rookery/mqtt-codec/byte-reader';
import { parseFilter } from '@rookery/mqtt-codec/topics';
import { RetainedMessage } from '../kernel/retained.js';
import type { BrokerState } from '../kernel/state.js';
import { Subscription, type SubscriptionOptions } from '../kernel/subscription.js';
import { StoredWill } from '../kernel/wills.js';
import { Delivery, StoredMessage } from '../session/delivery.js';
import type { Session } from '../session/session.js';
import type { SessionWorld } from '../session/session-world.js';
import { RecordType, readPublication, readTime } from './records.js';

/** What the log says of one session number. */
class Gathered {
  record: {
    clientId: string;
    username: string | null;
    v5: boolean;
    expirySeconds: number;
    disconnectedAt: number;
    createdAt: number;
    home: number;
  } | null = null;
  readonly subscriptions = new Map<string, { options: SubscriptionOptions; home: number }>();
  readonly inbound = new Set<number>();
  /** Deliveries that are not done, by sequence. */
  readonly open = new Map<number, Delivery>();
}

export class Replay {
  private readonly gathered = new Map<number, Gathered>();

  constructor(
    private readonly state: BrokerState,
    private readonly world: SessionWorld,
  ) {}

  /** Applies one record. The reader holds the fault when it cannot be understood. */
  apply(reader: ByteReader, segment: number): void {
    const type = reader.u8('record type');
    switch (type) {
      case RecordType.SESSION:
        return this.session(reader, segment);
      case RecordType.SUBSCRIPTION:
        return this.subscription(reader, segment);
      case RecordType.MESSAGE:
        return this.message(reader, segment);
      case RecordType.RETAINED:
        return this.retained(reader, segment);
      case RecordType.WILL:
        return this.will(reader, segment);
      case RecordType.RETAINED_END:
        this.state.retained.delete(reader.text('topic'));
        return;
      case RecordType.WILL_END:
        this.state.wills.delete(reader.text('client'));
        return;
      default:
        return this.mark(type, reader, segment);
    }
  }

  /** After the last record: sessions get what is theirs, and wills of clients that the end of the process cut off become due. */
  finish(inflightMax: number): void {
    const now = this.world.now();
    for (const [number, gathered] of this.gathered) {
      const { record, open } = gathered;
      this.state.nextSessionNumber = Math.max(this.state.nextSessionNumber, number + 1);
      if (record === null) for (const delivery of open.values()) this.close(delivery);
      else this.restore(number, gathered, record).restored(inflightMax);
    }
    for (const session of this.state.sessions.values()) if (session.disconnectedAt === 0) session.disconnectedAt = now;
    for (const will of this.state.wills.values()) if (will.dueAt === 0) will.dueAt = now + will.delaySeconds * 1000;
  }

  private restore(number: number, { subscriptions, inbound, open }: Gathered, record: NonNullable<Gathered['record']>): Session {
    const { clientId, ...fields } = record;
    const session = Object.assign(this.state.create(clientId, this.world, number), fields);
    for (const [text, { options, home }] of subscriptions) {
      const { filter, share } = parseFilter(text)!;
      const subscription = new Subscription(session, text, filter, share, options);
      subscription.home = home;
      session.subscriptions.set(text, subscription);
      this.world.routing.add(subscription);
    }
    for (const packetId of inbound) session.inbound.set(packetId, true);
    for (const delivery of open.values()) session.restore(delivery);
    return session;
  }

  private of(number: number): Gathered {
    let gathered = this.gathered.get(number);
    if (gathered === undefined) this.gathered.set(number, (gathered = new Gathered()));
    return gathered;
  }

  private session(reader: ByteReader, home: number): void {
    const number = reader.u32('session');
    const clientId = reader.text('client');
    const flags = reader.u8('flags');
    const username = reader.text('username');
    const expirySeconds = reader.u32('expiry');
    const disconnectedAt = readTime(reader);
    const createdAt = readTime(reader);
    const record = { clientId, expirySeconds, disconnectedAt, createdAt, home };
    this.of(number).record = { ...record, username: (flags & 1) === 0 ? null : username, v5: (flags & 2) !== 0 };
  }

  private subscription(reader: ByteReader, home: number): void {
    const number = reader.u32('session');
    const text = reader.text('filter');
    const flags = reader.u8('options');
    const identifier = reader.u32('identifier');
    if (parseFilter(text) === null) return reader.fail('STORE', 'a topic filter is not valid');
    const options: SubscriptionOptions = {
      qos: (flags & 3) as 0 | 1 | 2,
      noLocal: (flags & 4) !== 0,
      retainAsPublished: (flags & 8) !== 0,
      retainHandling: ((flags >> 4) & 3) as 0 | 1 | 2,
      identifier,
    };
    this.of(number).subscriptions.set(text, { options, home });
  }

  private message(reader: ByteReader, home: number): void {
    const message = new StoredMessage(readPublication(reader));
    message.home = home;
    for (let left = reader.u32('deliveries'); left > 0 && reader.fault === null; left--) {
      const number = reader.u32('session');
      const sequence = readTime(reader);
      const flags = reader.u8('flags');
      const share = (flags & 16) === 0 ? null : reader.text('shared subscription');
      const identifiers = Array.from({ length: reader.u8('identifiers') }, () => reader.u32('identifier'));
      const own = identifiers.length === 0 ? null : identifiers;
      const qos = (flags & 3) as 0 | 1 | 2;
      const delivery = new Delivery(number, sequence, message.publication, qos, (flags & 4) !== 0, own, message, share);
      delivery.released = (flags & 8) !== 0;
      this.add(delivery, message);
    }
    if (message.pending > 0) this.state.messages.add(message);
  }

  /** A message that compaction wrote again takes the place of its older record. */
  private add(delivery: Delivery, message: StoredMessage): void {
    const { open } = this.of(delivery.sessionNumber);
    this.close(open.get(delivery.sequence));
    open.set(delivery.sequence, delivery);
    message.add(delivery);
  }

  private close(delivery: Delivery | undefined): void {
    if (delivery === undefined) return;
    delivery.done = true;
    if (--delivery.message!.pending === 0) this.state.messages.delete(delivery.message!);
  }

  private retained(reader: ByteReader, home: number): void {
    const retained = new RetainedMessage(readPublication(reader), null);
    retained.home = home;
    this.state.retained.set(retained);
  }

  private will(reader: ByteReader, home: number): void {
    const clientId = reader.text('client');
    const brokerId = reader.text('broker');
    const delaySeconds = reader.u32('delay');
    const dueAt = readTime(reader);
    const packet = { ...readPublication(reader).toPacket(), clientId, brokerId };
    const will = new StoredWill(clientId, packet, delaySeconds, dueAt);
    will.home = home;
    this.state.wills.set(clientId, will);
  }

  private mark(type: number, reader: ByteReader, home: number): void {
    const number = reader.u32('session');
    if (type === RecordType.SUBSCRIPTION_END) {
      this.gathered.get(number)?.subscriptions.delete(reader.text('filter'));
      return;
    }
    const value = readTime(reader);
    if (type === RecordType.SESSION_END) {
      for (const delivery of this.gathered.get(number)?.open.values() ?? []) this.close(delivery);
      this.gathered.set(number, new Gathered());
    } else if (type === RecordType.INBOUND) this.of(number).inbound.add(value);
    else if (type === RecordType.INBOUND_END) this.of(number).inbound.delete(value);
    else if (type === RecordType.DONE) {
      this.close(this.of(number).open.get(value));
      this.of(number).open.delete(value);
    } else if (type === RecordType.RELEASED) {
      const delivery = this.of(number).open.get(value);
      if (delivery !== undefined) Object.assign(delivery, { released: true, home });
    } else reader.fail('STORE', `there is no record type ${type}`);
  }
}
