/**
 * One connection: takes packets in the order they came, and acts on one after the other. Owns what dies with the link
 * (topic aliases, keep alive, rate, output); the session it serves may live on. A fault here ends this connection and
 * nothing else.
 */
import { decodePacket } from '@rookery/mqtt-codec/decode';
import { encodePacket } from '@rookery/mqtt-codec/encode';
import { Fault } from '@rookery/mqtt-codec/fault';
import { FrameReader } from '@rookery/mqtt-codec/frame-reader';
import { type ConnectPacket, type DisconnectPacket, type Packet, PacketType, type ProtocolVersion } from '@rookery/mqtt-codec/packets';
import type { Properties } from '@rookery/mqtt-codec/properties';
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import { TokenBucket } from '../limits/token-bucket.js';
import type { Transport, TransportEvents } from '../transport/transport.js';
import type { AccessCache } from '../access/access-cache.js';
import type { BrokerContext } from './broker-context.js';
import type { ClientLink } from './client-link.js';
import { handshake } from './handshake.js';
import { Sink } from './outlet.js';
import { PublishReceiver } from './publish-receiver.js';
import { Throttle } from '../limits/throttle.js';
import type { Session } from './session.js';
import { receiveSubscribe, receiveUnsubscribe } from './subscribing.js';

/** A CONNECT must fit in this; what a stranger can make us hold is bounded by it. */
const FIRST_PACKET_BYTES_MAX = 64 * 1024;
/** Above this many unread bytes the socket is not read. */
const HELD_BYTES_MAX = 128 * 1024;
/** A client that takes nothing for this long, with its output bound reached, is let go. */
const SLOW_READER_MS = 10_000;
const PINGRESP = Buffer.from([0xd0, 0]);
const NO_DUPLICATES = {};

/** Told once a client's CONNECT was accepted, or its link is gone before. */
export interface ConnectionArrivals {
  settled(transport: Transport): void;
}

export class Connection implements ClientLink, TransportEvents {
  id = '';
  closed = false;
  version: ProtocolVersion = 4;
  session: Session | null = null;
  /** Set by the handshake. */
  access!: AccessCache;
  connectedAt = 0;
  keepAliveSeconds = 0;
  cleanStart = true;
  problemInformation = true;
  explainedAcks = false;
  readonly sink: Sink;
  private receiver: PublishReceiver | null = null;
  private throttle: Throttle | null = null;
  private readonly reader = new FrameReader(FIRST_PACKET_BYTES_MAX);
  /** Nothing is handled before something else has happened: a commit, mostly. */
  private suspended = false;
  /** Waits for the rate limit. */
  private throttled = false;
  private draining = false;
  private sendWill = true;
  private lastSeen = 0;
  private keepAliveTimer: NodeJS.Timeout | null = null;
  private congestedSince = 0;

  constructor(
    readonly broker: BrokerContext,
    readonly transport: Transport,
    private readonly arrivals: ConnectionArrivals,
  ) {
    this.sink = new Sink(transport);
  }

  /** Of the kernel, which knows no duplicates of ours. */
  get duplicates(): object {
    return NO_DUPLICATES;
  }

  private get publishes(): PublishReceiver {
    return (this.receiver ??= new PublishReceiver(this));
  }

  get v5(): boolean {
    return this.version === 5;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.closed) return;
    const { broker, reader } = this;
    broker.counters.bytesReceived += end - start;
    this.lastSeen = broker.ticks();
    if (broker.asynchronous) reader.push(Buffer.from(bytes.subarray(start, end)));
    else reader.push(bytes, start, end);
    this.process();
    if (!broker.asynchronous) reader.detach();
  }

  onWritten(bytes: Buffer): void {
    this.broker.outlet.release(bytes);
  }

  onDrain(): void {
    this.congestedSince = 0;
    if (this.closed) return;
    this.session?.pump();
    this.regulate();
  }

  onClose(): void {
    this.finish();
  }

  /** Takes packets until one must wait. A bug that a packet meets costs its sender the connection, and nobody else. */
  private process(): void {
    try {
      this.takePackets();
    } catch (error) {
      this.broker.onError(error as Error);
      this.transport.destroy();
      this.finish();
    }
  }

  private takePackets(): void {
    while (!this.suspended && !this.closed) {
      const found = this.reader.next();
      if (found === false) break;
      if (found !== true) {
        this.fail(found);
        break;
      }
      if (this.handle()) continue;
      this.reader.putBack();
      break;
    }
    this.broker.fanOut.closeRun();
    if (!this.closed) this.regulate();
  }

  suspend(): void {
    this.suspended = true;
  }

  resume(): void {
    if (!this.suspended) return;
    this.suspended = false;
    this.process();
  }

  /** Words are left out where the packet would exceed what the client takes [MQTT-3.1.2-24]; one that still does ends the link. */
  send(packet: Packet): void {
    const { sink, version } = this;
    let bytes = encodePacket(packet, version);
    if (bytes.length > sink.packetBytesMax && 'properties' in packet) bytes = encodePacket({ ...packet, properties: {} }, version);
    if (bytes.length <= sink.packetBytesMax) return this.broker.outlet.send(sink, bytes);
    this.transport.end();
    this.finish();
  }

  words(text: string): Properties {
    return this.v5 && this.problemInformation ? { reasonString: text } : {};
  }

  fail(fault: Fault): void {
    this.broker.counters.protocolErrors++;
    if (fault.reasonCode === ReasonCode.PACKET_TOO_LARGE) this.broker.counters.hit('packetBytesMax');
    this.disconnect(fault.reasonCode, `${fault.message} [${fault.norm}]`);
  }

  disconnect(reasonCode: number, words: string): void {
    if (this.closed) return;
    this.broker.note({ clientId: this.id, remoteAddress: this.transport.remoteAddress, what: words, reasonCode });
    if (this.v5 && this.session !== null) this.send({ type: 'disconnect', reasonCode, properties: this.words(words) });
    this.broker.outlet.flushNow(this.sink);
    this.transport.end();
    this.finish();
  }

  refuse(reasonCode: number, returnCode: number, words: string): void {
    this.broker.counters.connectsRefused++;
    this.broker.note({ clientId: this.id, remoteAddress: this.transport.remoteAddress, what: words, reasonCode });
    const properties = this.words(words);
    this.send({ type: 'connack', sessionPresent: false, reasonCode: this.v5 ? reasonCode : returnCode, properties });
    this.broker.outlet.flushNow(this.sink);
    this.transport.end();
    this.finish();
  }

  /** aedes closes a client that was taken over by another node, or when it stops. */
  close(done?: () => void): void {
    this.disconnect(ReasonCode.SESSION_TAKEN_OVER, 'another connection uses this client identifier');
    done?.();
  }

  open(packet: ConnectPacket, session: Session, keepAliveSeconds: number): void {
    this.session = session;
    this.arrivals.settled(this.transport);
    this.connectedAt = this.broker.now();
    this.cleanStart = packet.cleanStart;
    this.reader.packetBytesMax = this.broker.policy.quotas.packetBytesMax;
    this.reader.minimalLength = this.v5;
    this.keepAliveSeconds = keepAliveSeconds;
    this.lastSeen = this.broker.ticks();
    if (keepAliveSeconds > 0) this.watchKeepAlive(keepAliveSeconds * 1500);
  }

  /** The policy has changed: limits and cached answers with it. */
  applyPolicy(): void {
    const { quotas } = this.broker.policy;
    this.throttle?.setRate(quotas.clientPublishPerSecondMax);
    if (this.session !== null) this.reader.packetBytesMax = quotas.packetBytesMax;
  }

  /** Called about once a second: has this client stopped reading? */
  checkSlowness(): void {
    if (!this.sink.congested) {
      this.congestedSince = 0;
      return;
    }
    const now = this.broker.ticks();
    if (this.congestedSince === 0) this.congestedSince = now;
    if (now - this.congestedSince < SLOW_READER_MS) return;
    this.broker.counters.hit('queueLengthMax');
    this.disconnect(ReasonCode.QUOTA_EXCEEDED, 'the client does not read what it is sent');
  }

  /** Returns false when the packet must be handled again later. */
  private handle(): boolean {
    const { reader } = this;
    const first = reader.bytes[reader.start]!;
    const type = first >> 4;
    if (this.session === null) {
      this.receiveFirst(type, first);
      return true;
    }
    if (type === PacketType.PUBLISH) {
      if (!this.admit()) return false;
      this.publishes.receive(reader.bytes, reader.start, reader.bodyAt, reader.end);
      return true;
    }
    // What was published before must be on its way before subscriptions change [MQTT-4.6.0-6].
    const subscribes = type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE;
    if (subscribes && this.receiver !== null && this.receiver.pending > 0) {
      this.suspend();
      this.receiver.whenSettled(() => this.resume());
      return false;
    }
    if (type <= PacketType.PUBCOMP && reader.end - reader.start === 4 && this.publishes.receiveShortAck(first, reader.bytes, reader.bodyAt))
      return true;
    const packet = decodePacket(reader.bytes, first, reader.bodyAt, reader.end, this.version);
    if (packet instanceof Fault) this.fail(packet);
    else this.receive(packet);
    return true;
  }

  private receive(packet: Packet): void {
    switch (packet.type) {
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp':
        return this.publishes.receiveAck(packet);
      case 'subscribe':
        return receiveSubscribe(this, packet);
      case 'unsubscribe':
        return receiveUnsubscribe(this, packet);
      case 'pingreq':
        return this.broker.outlet.send(this.sink, PINGRESP);
      case 'disconnect':
        return this.receiveDisconnect(packet);
      case 'auth':
        // No exchange is open that it could belong to.
        return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-4.12.0-6', 'AUTH outside of an authentication exchange'));
      default:
        // A second CONNECT [MQTT-3.1.0-2], or a packet that only servers send.
        return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-2', `unexpected ${packet.type}`));
    }
  }

  /** The first packet must be CONNECT [MQTT-3.1.0-1]. */
  private receiveFirst(type: number, first: number): void {
    if (type !== PacketType.CONNECT)
      return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-1', 'the first packet is not CONNECT'));
    const { bytes, bodyAt, end } = this.reader;
    const packet = decodePacket(bytes, first, bodyAt, end, 5);
    if (packet instanceof Fault) return this.refuseMalformed(packet);
    handshake(this, packet as ConnectPacket);
  }

  /** A protocol version that is not served is told so [MQTT-3.1.2-2]; other malformed CONNECTs are closed without an answer. */
  private refuseMalformed(fault: Fault): void {
    this.broker.counters.protocolErrors++;
    if (fault.reasonCode === ReasonCode.UNSUPPORTED_PROTOCOL_VERSION && fault.norm === 'MQTT-3.1.2-2')
      return this.refuse(fault.reasonCode, 1, fault.message);
    this.disconnect(fault.reasonCode, `${fault.message} [${fault.norm}]`);
  }

  private receiveDisconnect({ reasonCode, properties }: DisconnectPacket): void {
    const session = this.session!;
    const { sessionExpiryInterval } = properties;
    if (sessionExpiryInterval !== undefined) {
      // A session that was to end with its connection cannot be kept by DISCONNECT (§3.14.2.2.2).
      if (session.expirySeconds === 0 && sessionExpiryInterval > 0)
        return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.14.2', 'session expiry is raised from 0 in DISCONNECT'));
      session.expirySeconds = this.broker.policy.sessionExpiry(sessionExpiryInterval);
    }
    // The will is for those who leave otherwise [MQTT-3.14.4-3].
    this.sendWill = reasonCode === ReasonCode.DISCONNECT_WITH_WILL;
    this.broker.outlet.flushNow(this.sink);
    // Nothing more comes from it [MQTT-3.14.4-1], so the close cannot be a reset.
    if (this.transport.pendingBytes === 0) this.transport.destroy();
    else this.transport.end();
    this.finish();
  }

  private admit(): boolean {
    const throttle = (this.throttle ??= this.newThrottle());
    if (throttle.admit()) return true;
    if (throttle.newlyHeld) this.broker.counters.hit(throttle.limit);
    if (throttle.isHopeless()) {
      this.disconnect(ReasonCode.MESSAGE_RATE_TOO_HIGH, 'the message rate has been over the limit for ten seconds');
      return true;
    }
    this.suspend();
    this.throttled = true;
    setTimeout(() => {
      this.throttled = false;
      this.resume();
    }, throttle.waitMs()).unref();
    return false;
  }

  /** Only for those who publish. */
  private newThrottle(): Throttle {
    const { policy, messageRate, ticks } = this.broker;
    return new Throttle(new TokenBucket(policy.quotas.clientPublishPerSecondMax, ticks()), messageRate, ticks);
  }

  /** Reads from the socket only what can be handled soon. */
  private regulate(): void {
    const hold = this.sink.congested || (this.suspended && this.reader.heldBytes > HELD_BYTES_MAX) || this.throttled;
    if (hold === this.draining) return;
    this.draining = hold;
    if (hold) this.transport.pause();
    else this.transport.resume();
  }

  /** Closed after one and a half keep alive intervals of silence [MQTT-3.1.2-22]; time in which we do not read does not count. */
  private watchKeepAlive(allowedMs: number): void {
    const check = () => {
      if (this.draining || this.suspended) this.lastSeen = this.broker.ticks();
      const left = this.lastSeen + allowedMs - this.broker.ticks();
      if (left <= 0) return this.disconnect(ReasonCode.KEEP_ALIVE_TIMEOUT, 'nothing was heard within one and a half keep alive intervals');
      this.keepAliveTimer = setTimeout(check, left).unref();
    };
    this.keepAliveTimer = setTimeout(check, allowedMs).unref();
  }

  /** Everything that belongs to the link ends here, once. */
  private finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.sink.dead = true;
    if (this.keepAliveTimer !== null) clearTimeout(this.keepAliveTimer);
    const { session } = this;
    if (session !== null && this.broker.kernel.clientOf(this.id) === this) this.leave(session);
    if (session === null) this.arrivals.settled(this.transport);
    this.broker.ended(this);
  }

  private leave(session: Session): void {
    const { wills, kernel, store, persistence } = this.broker;
    session.detach();
    session.disconnectedAt = this.broker.now();
    if (this.sendWill) wills.release(this.id);
    else void persistence.delWill({ id: this.id });
    kernel.unregister(this);
    if (!session.durable) return wills.end(session);
    store.sessionSaved(session);
    wills.plan(session);
  }
}
