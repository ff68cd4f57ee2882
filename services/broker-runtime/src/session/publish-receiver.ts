/**
 * PUBLISH from one client, and the acknowledgements that belong to messages in either direction. Every message goes
 * through the kernel; PUBACK and PUBREC leave when the kernel calls back, which is after the store has committed.
 */
import { readPublishProperties } from '@rookery/mqtt-codec/decode';
import { Fault } from '@rookery/mqtt-codec/fault';
import type { AckPacket } from '@rookery/mqtt-codec/packets';
import { NO_PROPERTIES, type Properties } from '@rookery/mqtt-codec/properties';
import { PublishFrame, readTopic } from '@rookery/mqtt-codec/publish-frame';
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import { countLevels } from '@rookery/mqtt-codec/topics';
import { PassingMessage } from '../kernel/passing-message.js';
import { Publication } from '../kernel/publication.js';
import { Route } from '../kernel/route.js';
import { AnswerOrder } from './answer-order.js';
import type { ClientLink } from './client-link.js';

const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBREL = 0x62;
const PUBCOMP = 0x70;
/** The client comes back and asks again: no other answer would be true. */
const NOT_STORED = 'the state of a QoS 2 message cannot be stored at present';
/** By first byte. */
const SHORT_ACKS: Record<number, AckPacket['type']> = { [PUBACK]: 'puback', [PUBREC]: 'pubrec', [PUBREL]: 'pubrel', [PUBCOMP]: 'pubcomp' };
/** MQTT 3 has no Receive Maximum; half-open QoS 2 exchanges are bounded all the same. */
const V3_INBOUND_MAX = 1_000;

/** The packet at hand, of whichever client: nobody looks at it after the kernel was given the message. */
const frame = new PublishFrame();
/** Used again; null while it is on its way. */
let spare: PassingMessage | null = null;

export class PublishReceiver {
  /** Messages that the kernel has not called back for. */
  pending = 0;
  /** Those of QoS 1 among them; those of QoS 2 are in the session. */
  private pendingOnce = 0;
  private route: Route | null = null;
  /** Whether the client may publish to the route's topic, as of a policy version. */
  private allowed = false;
  private allowedVersion = -1;
  /** Whether the route's topic has too many levels, as of the same version. */
  private tooDeep = false;
  private aliases: Map<number, string> | null = null;
  private settled: (() => void)[] | null = null;
  private readonly answers = new AnswerOrder();

  constructor(private readonly connection: ClientLink) {}

  whenSettled(done: () => void): void {
    (this.settled ??= []).push(done);
  }

  receive(bytes: Buffer, start: number, bodyAt: number, end: number): void {
    const { connection } = this;
    const { broker, session } = connection;
    const fault = frame.read(bytes, bytes[start]!, bodyAt, end, connection.v5);
    if (fault !== null) return connection.fail(fault);
    let properties: Readonly<Properties> = NO_PROPERTIES;
    if (frame.hasProperties) {
      const read = readPublishProperties(bytes, frame);
      if (read instanceof Fault) return connection.fail(read);
      properties = read;
    }
    const route = this.resolve(bytes, properties);
    // Not `instanceof Fault`: that would walk all prototypes of a route, for each message.
    if (!(route instanceof Route)) return connection.fail(route);
    broker.counters.messagesReceived++;
    session!.messagesReceived++;
    const { qos, packetId } = frame;
    if (qos === 2 && session!.inbound.has(packetId)) return this.receiveAgain(packetId);
    if (qos > 0 && this.isBeyondWindow(qos)) {
      broker.counters.hit('inflightMax');
      return connection.fail(
        new Fault(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, 'MQTT-3.3.4-7', 'more unacknowledged messages than Receive Maximum'),
      );
    }
    if (!this.mayPublish(route)) return this.deny(qos, packetId);
    broker.messageRate.charge(route.targets.length);
    if (qos === 0 && !frame.retain && properties === NO_PROPERTIES && !broker.asynchronous && !broker.kernel.hasOnlookers)
      return this.passThrough(bytes, start, end, route);
    this.publish(this.toPublication(bytes, start, bodyAt, end, route, properties));
  }

  /** The plain four-byte form of an acknowledgement; false when the packet needs a closer look. */
  receiveShortAck(first: number, bytes: Buffer, bodyAt: number): boolean {
    const packetId = (bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!;
    const type = packetId === 0 ? undefined : SHORT_ACKS[first];
    if (type === undefined) return false;
    this.acknowledged(type, packetId, ReasonCode.SUCCESS);
    return true;
  }

  receiveAck({ type, packetId, reasonCode }: AckPacket): void {
    this.acknowledged(type, packetId, reasonCode);
  }

  private acknowledged(type: AckPacket['type'], packetId: number, reasonCode: number): void {
    const session = this.connection.session!;
    if (type === 'pubrel') return this.release(packetId);
    const fits =
      type === 'puback'
        ? session.onPuback(packetId)
        : type === 'pubrec'
          ? session.onPubrec(packetId, reasonCode)
          : session.onPubcomp(packetId);
    if (!fits)
      this.connection.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-4.3.3-1', `${type} does not belong to the state of its message`));
  }

  /** The topic's route: the last one again, an alias [MQTT-3.3.2-12], or a look-up. */
  private resolve(bytes: Buffer, { topicAlias, subscriptionIdentifiers }: Properties): Route | Fault {
    const { connection } = this;
    const { routing, policy } = connection.broker;
    if (subscriptionIdentifiers !== undefined)
      return new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.3.4-6', 'a client may not send subscription identifiers');
    if (topicAlias !== undefined && topicAlias > policy.topicAliasMaximum)
      return new Fault(ReasonCode.TOPIC_ALIAS_INVALID, 'MQTT-3.3.2-9', `topic alias ${topicAlias} exceeds the maximum`);
    if (topicAlias === undefined && this.isLastTopic(bytes)) return (this.route = routing.refresh(this.route!));
    let topic = readTopic(bytes, frame.topicAt, frame.topicEnd);
    if (topic instanceof Fault) return topic;
    if (topic === '') {
      const known = topicAlias === undefined ? undefined : this.aliases?.get(topicAlias);
      if (known === undefined)
        return new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.3.2', 'PUBLISH has neither a topic nor a known topic alias');
      topic = known;
    } else if (topicAlias !== undefined) (this.aliases ??= new Map()).set(topicAlias, topic);
    const route = routing.routeOf(topic);
    if (this.route?.topic !== topic) this.allowedVersion = -1;
    return (this.route = route);
  }

  private isLastTopic(bytes: Buffer): boolean {
    if (this.route === null) return false;
    const { topicAt, topicEnd } = frame;
    const last = this.route.bytes;
    const length = topicEnd - topicAt;
    if (length !== last.length || topicEnd > bytes.length) return false;
    for (let i = 0; i < length; i++) if (bytes[topicAt + i] !== last[i]) return false;
    return true;
  }

  private mayPublish({ topic }: Route): boolean {
    const { access, broker } = this.connection;
    if (this.allowedVersion !== access.policyVersion) {
      this.allowedVersion = access.policyVersion;
      this.tooDeep = countLevels(topic) > broker.policy.quotas.topicLevelsMax;
      this.allowed = !this.tooDeep && access.mayPublish(topic);
    }
    if (this.tooDeep) broker.counters.hit('topicLevelsMax');
    return this.allowed;
  }

  private isBeyondWindow(qos: number): boolean {
    const { session, broker, v5 } = this.connection;
    const { receiveMaximum } = broker.policy;
    const max = v5 ? receiveMaximum : Math.max(receiveMaximum, V3_INBOUND_MAX);
    return (v5 || qos === 2) && session!.inbound.size + this.pendingOnce >= max;
  }

  private toPublication(bytes: Buffer, start: number, bodyAt: number, end: number, route: Route, properties: Properties): Publication {
    const { connection } = this;
    const { topicAlias, messageExpiryInterval } = properties;
    const expiresAt = messageExpiryInterval === undefined ? 0 : connection.broker.now() + messageExpiryInterval * 1000;
    const own = properties === NO_PROPERTIES ? NO_PROPERTIES : withoutLinkProperties(properties);
    const payload = bytes.subarray(frame.payloadAt, end);
    const publication = new Publication(route.topic, payload, frame.qos, frame.retain, own, expiresAt, connection.id, false);
    publication.route = route;
    if (topicAlias === undefined && expiresAt === 0)
      publication.useWire({ bytes, start, end, idAt: frame.qos > 0 ? frame.idAt : 0 }, connection.v5);
    return publication;
  }

  /** Nothing of it is left when the kernel returns. */
  private passThrough(bytes: Buffer, start: number, end: number, route: Route): void {
    const { connection } = this;
    const { kernel, onRefused } = connection.broker;
    const message = spare ?? new PassingMessage();
    spare = null;
    kernel.publish(message.take(route, connection, bytes, start, frame.payloadAt, end), connection, onRefused);
    spare = message;
  }

  private publish(publication: Publication): void {
    const { connection } = this;
    const { kernel, store, onRefused } = connection.broker;
    const { qos } = publication;
    const { packetId } = frame;
    const packet = publication.toPacket();
    if (qos === 0) return kernel.publish(packet, connection, onRefused);
    const session = connection.session!;
    if (qos === 2) {
      // In the same commit as the message: neither can survive without the other.
      session.inbound.set(packetId, true);
      if (session.durable) store.inboundAdded(session, packetId);
    }
    this.pending++;
    if (qos === 1) this.pendingOnce++;
    const place = this.answers.take();
    kernel.publish(packet, connection, (error) => {
      if (qos === 2 && session.durable && !error)
        store.whenCommitted((failure) => this.published(place, qos, packetId, failure, publication));
      else this.published(place, qos, packetId, error ?? null, publication);
    });
  }

  private settle(settled: readonly (() => void)[]): void {
    this.settled = null;
    for (const done of settled) done();
  }

  /** The kernel is done with a message, one way or the other. */
  private published(place: number, qos: 1 | 2, packetId: number, error: Error | null, publication: Publication): void {
    const session = this.connection.session!;
    if (qos === 1) this.pendingOnce--;
    else if (error !== null && session.inbound.delete(packetId) && session.durable)
      this.connection.broker.store.inboundRemoved(session, packetId);
    if (this.answers.isDue(place)) this.acknowledge(qos, packetId, error, publication);
    else this.answers.hold(place, () => this.acknowledge(qos, packetId, error, publication));
    this.answers.release();
    if (--this.pending === 0 && this.settled !== null) this.settle(this.settled);
  }

  private acknowledge(qos: 1 | 2, packetId: number, error: Error | null, publication: Publication): void {
    const { connection } = this;
    if (error !== null) return this.reject(qos, packetId, error);
    if (connection.closed) return;
    const first = qos === 1 ? PUBACK : PUBREC;
    const unheard = connection.v5 && (publication.route as Route).isEmpty;
    if (unheard) this.answer(first, packetId, ReasonCode.NO_MATCHING_SUBSCRIBERS);
    else connection.broker.outlet.acknowledge(connection.sink, first, packetId);
  }

  /** An answer that needs nothing but its turn. */
  private inTurn(place: number, answer: () => void): void {
    if (this.answers.isDue(place)) answer();
    else this.answers.hold(place, answer);
    this.answers.release();
  }

  /** A resend of a QoS 2 message that we have: once more PUBREC, once it is stored [MQTT-4.3.3-10]. */
  private receiveAgain(packetId: number): void {
    const { connection } = this;
    const { outlet, store } = connection.broker;
    const place = this.answers.take();
    store.whenCommitted((error) =>
      this.inTurn(place, () => {
        if (error !== null) connection.disconnect(ReasonCode.QUOTA_EXCEEDED, NOT_STORED);
        else if (!connection.closed) outlet.acknowledge(connection.sink, PUBREC, packetId);
      }),
    );
  }

  /** PUBCOMP after the store has forgotten the identifier, or a new message with it would pass for a resend after a crash. */
  private release(packetId: number): void {
    const { connection } = this;
    const { outlet, store } = connection.broker;
    const session = connection.session!;
    if (!session.inbound.delete(packetId)) {
      if (connection.v5) return this.answer(PUBCOMP, packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
      return outlet.acknowledge(connection.sink, PUBCOMP, packetId);
    }
    if (!session.durable) return outlet.acknowledge(connection.sink, PUBCOMP, packetId);
    store.inboundRemoved(session, packetId);
    store.whenCommitted((error) => {
      if (error !== null) connection.disconnect(ReasonCode.QUOTA_EXCEEDED, NOT_STORED);
      else if (!connection.closed) outlet.acknowledge(connection.sink, PUBCOMP, packetId);
    });
  }

  /** Not allowed: MQTT 5 hears it, older versions are acknowledged and the message goes nowhere. */
  private deny(qos: 0 | 1 | 2, packetId: number): void {
    const { connection } = this;
    const { counters, outlet } = connection.broker;
    counters.publishesDenied++;
    if (qos === 0) return;
    if (qos === 2 && !connection.v5) connection.session!.inbound.set(packetId, true);
    this.inTurn(this.answers.take(), () => {
      if (connection.closed) return;
      if (connection.v5) this.refuse(qos, packetId, ReasonCode.NOT_AUTHORIZED, 'the access rules do not allow this topic');
      else outlet.acknowledge(connection.sink, qos === 1 ? PUBACK : PUBREC, packetId);
    });
  }

  /** Not stored: MQTT 5 hears it; older versions cannot be told, so they are closed and may send it again. */
  private reject(qos: 1 | 2, packetId: number, error: Error): void {
    const { connection } = this;
    if (connection.closed) return;
    connection.broker.onRefused(error);
    if (connection.v5) this.refuse(qos, packetId, ReasonCode.QUOTA_EXCEEDED, error.message);
    else connection.disconnect(ReasonCode.QUOTA_EXCEEDED, `the message cannot be stored: ${error.message}`);
  }

  private refuse(qos: 1 | 2, packetId: number, reasonCode: number, words: string): void {
    const { connection } = this;
    const properties = connection.explainedAcks ? connection.words(words) : {};
    connection.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode, properties });
  }

  private answer(first: number, packetId: number, reasonCode: number): void {
    const { broker, sink } = this.connection;
    broker.outlet.send(sink, Buffer.from([first, 3, packetId >> 8, packetId & 0xff, reasonCode]));
  }
}

/** What goes on to subscribers: an alias belongs to the connection, the expiry interval is counted down. */
function withoutLinkProperties({ topicAlias: _alias, messageExpiryInterval: _expiry, ...kept }: Properties): Properties {
  return kept;
}
