/**
 * One message on its way through the broker. It is carried through aedes by reference (inside `properties`, the one
 * field that aedes passes on untouched), keeps the bytes it came in, and is encoded at most once for each of the four
 * forms that subscribers share: MQTT 3 or 5, with or without packet identifier.
 */
import { ByteWriter, varintSize, writeVarint } from '@rookery/mqtt-codec/byte-writer';
import type { QoS } from '@rookery/mqtt-codec/packets';
import { NO_PROPERTIES, type Properties, writePropertyFields } from '@rookery/mqtt-codec/properties';

/** An encoded PUBLISH: bytes[start, end), first byte to be set by the sender, packet identifier (if any) at `idAt`. */
export interface Form {
  bytes: Buffer;
  start: number;
  end: number;
  /** 0 without packet identifier. */
  idAt: number;
}

/** The packet that aedes passes to the emitter and the persistence. */
export interface AedesPacket {
  cmd: string;
  topic: string;
  payload: Buffer | string;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  clientId?: string;
  properties?: object;
  messageExpiry?: number;
  messageId?: number;
  brokerId?: string;
  brokerCounter?: number;
}

/** What stands in `properties` of a packet: the MQTT 5 properties for hooks to see, and the publication for us. */
export class CarriedProperties {
  readonly #publication: Publication;

  constructor(publication: Publication) {
    this.#publication = publication;
    if (publication.properties !== NO_PROPERTIES) Object.assign(this, publication.properties);
  }

  /** The publication inside a packet; null when a hook has changed what it says, or another node made it. */
  static publicationOf(packet: AedesPacket): Publication | null {
    const carried = packet.properties;
    if (carried === undefined || !(#publication in carried)) return null;
    const publication = (carried as CarriedProperties).#publication;
    return publication.topic === packet.topic && publication.shown === packet.payload ? publication : null;
  }
}

/** The connection a message came from. */
export interface Publisher {
  readonly id: string;
  readonly v5: boolean;
}

/** Stands in packets for a payload that nobody has looked at. */
const UNSEEN = Buffer.alloc(0);

export class Publication {
  /** The route it was received for (kernel/route), so that it is looked up once. */
  route: object | null = null;
  /** What its packet shows as the payload. */
  shown: Buffer;
  private view: Buffer | null;
  private payloadBytes: number;
  private wire: Form | null = null;
  private wireV5 = false;
  private plain3: Form | null = null;
  private numbered3: Form | null = null;
  private plain5: Form | null = null;
  private numbered5: Form | null = null;

  constructor(
    public topic: string,
    payload: Buffer,
    readonly qos: QoS,
    readonly retain: boolean,
    /** Without topic alias and subscription identifiers; those belong to one connection. */
    public properties: Readonly<Properties>,
    /** Milliseconds since 1970; 0 = never. */
    readonly expiresAt: number,
    public publisherId: string,
    /** False while the bytes belong to a read buffer that is about to be used again: nobody may keep it as it is. */
    public owned: boolean,
  ) {
    this.view = payload;
    this.shown = payload;
    this.payloadBytes = payload.length;
  }

  get payload(): Buffer {
    return (this.view ??= this.wire!.bytes.subarray(this.wire!.end - this.payloadBytes, this.wire!.end));
  }

  /** The bytes as received, first byte 0x30, when they may be sent on as they are to subscribers of that version. */
  wireFor(v5: boolean): Form | null {
    return this.wireV5 === v5 ? this.wire : null;
  }

  /**
   * Becomes the next message of those that only pass through (kernel/passing-message): QoS 0, not retained, no properties,
   * bytes[start, end) as they came. Its payload is not shown: a view of it is made for whoever asks.
   */
  become(route: { topic: string }, { id, v5 }: Publisher, bytes: Buffer, start: number, payloadAt: number, end: number): void {
    this.route = route;
    this.topic = route.topic;
    this.publisherId = id;
    this.view = null;
    this.shown = UNSEEN;
    this.payloadBytes = end - payloadAt;
    const wire = (this.wire ??= { bytes, start, end, idAt: 0 });
    wire.bytes = bytes;
    wire.start = start;
    wire.end = end;
    this.wireV5 = v5;
    this.plain3 = v5 ? null : wire;
    this.plain5 = v5 ? wire : null;
  }

  /** The bytes as received may be sent on: no alias, no expiry. */
  useWire(wire: Form, v5: boolean): void {
    this.wire = wire;
    this.wireV5 = v5;
    if (v5 && wire.idAt > 0) this.numbered5 = wire;
    else if (v5) this.plain5 = wire;
    else if (wire.idAt > 0) this.numbered3 = wire;
    else this.plain3 = wire;
  }

  form(v5: boolean, numbered: boolean): Form {
    if (v5) return numbered ? (this.numbered5 ??= encode(this, true, true)) : (this.plain5 ??= encode(this, true, false));
    return numbered ? (this.numbered3 ??= encode(this, false, true)) : (this.plain3 ??= encode(this, false, false));
  }

  /**
   * An MQTT 5 form for one subscriber: with its subscription identifiers, what is left of the expiry interval
   * [MQTT-3.3.2-6], and an alias that may stand for the topic.
   */
  formFor(numbered: boolean, identifiers: readonly number[] | null, now: number, alias?: { topicAlias: number; topic: string }): Form {
    const extra: Properties = {};
    if (identifiers !== null) extra.subscriptionIdentifiers = identifiers as number[];
    if (alias !== undefined) extra.topicAlias = alias.topicAlias;
    if (this.expiresAt > 0) extra.messageExpiryInterval = Math.max(1, Math.ceil((this.expiresAt - now) / 1000));
    return encode(this, true, numbered, extra, alias?.topic);
  }

  isExpired(now: number): boolean {
    return this.expiresAt > 0 && this.expiresAt <= now;
  }

  /**
   * Takes its bytes into memory of its own, before the kernel goes on with it later than its packet was handled. The packet
   * is taken as a whole where it may be sent on as it came.
   */
  own(): void {
    if (this.owned) return;
    this.owned = true;
    const { wire, payloadBytes } = this;
    if (wire === null) this.view = Buffer.from(this.payload);
    else {
      const { start, end } = wire;
      const bytes = Buffer.allocUnsafe(end - start);
      wire.bytes.copy(bytes, 0, start, end);
      wire.bytes = bytes;
      wire.start = 0;
      wire.end = bytes.length;
      if (wire.idAt > 0) wire.idAt -= start;
      this.view = bytes.subarray(bytes.length - payloadBytes);
    }
    this.shown = this.payload;
    const { correlationData } = this.properties;
    if (correlationData !== undefined) this.properties = { ...this.properties, correlationData: Buffer.from(correlationData) };
  }

  /** The same message in memory of its own, for queues and stores. */
  keep(): Publication {
    if (this.owned) return this;
    const { topic, qos, retain, properties, expiresAt, publisherId } = this;
    const kept = properties.correlationData ? { ...properties, correlationData: Buffer.from(properties.correlationData) } : properties;
    return new Publication(topic, Buffer.from(this.payload), qos, retain, kept, expiresAt, publisherId, true);
  }

  /** Bytes it takes in memory and in the store, about. */
  get size(): number {
    return this.payloadBytes + this.topic.length + 100;
  }

  /** What `aedes.publish` takes. */
  toPacket(): AedesPacket {
    const { topic, payload, qos, retain } = this;
    const packet: AedesPacket = { cmd: 'publish', topic, payload, qos, retain, dup: false, properties: new CarriedProperties(this) };
    if (this.expiresAt > 0) packet.messageExpiry = this.expiresAt;
    return packet;
  }
}

/** The publication of any packet: the carried one, or a new one for packets of hooks, other nodes and the kernel itself. */
export function publicationOf(packet: AedesPacket): Publication {
  const carried = CarriedProperties.publicationOf(packet);
  if (carried !== null) return carried;
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
  const {
    topicAlias: _alias,
    subscriptionIdentifiers: _ids,
    messageExpiryInterval: _expiry,
    ...properties
  } = { ...packet.properties } as Properties;
  const kept = Object.keys(properties).length === 0 ? NO_PROPERTIES : properties;
  return new Publication(packet.topic, payload, packet.qos, packet.retain, kept, packet.messageExpiry ?? 0, packet.clientId ?? '', true);
}

function encode(
  publication: Publication,
  v5: boolean,
  numbered: boolean,
  extra: Properties | null = null,
  topic = publication.topic,
): Form {
  const { payload, properties } = publication;
  let fields: Buffer | null = null;
  if (v5 && (properties !== NO_PROPERTIES || extra !== null)) {
    const writer = new ByteWriter();
    writePropertyFields(writer, properties);
    if (extra !== null) writePropertyFields(writer, extra);
    fields = writer.finish();
  }
  const topicBytes = Buffer.byteLength(topic);
  const propertyBytes = !v5 ? 0 : fields === null ? 1 : varintSize(fields.length) + fields.length;
  const body = 2 + topicBytes + (numbered ? 2 : 0) + propertyBytes + payload.length;
  const bytes = Buffer.allocUnsafe(1 + varintSize(body) + body);
  bytes[0] = 0x30;
  let at = writeVarint(bytes, 1, body);
  at = bytes.writeUInt16BE(topicBytes, at);
  at += bytes.write(topic, at);
  const idAt = numbered ? at : 0;
  if (numbered) at += 2;
  if (v5) at = writeVarint(bytes, at, fields?.length ?? 0);
  if (fields !== null) at += fields.copy(bytes, at);
  payload.copy(bytes, at);
  return { bytes, start: 0, end: bytes.length, idAt };
}
