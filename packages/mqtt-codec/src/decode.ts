/** Bytes to packets, strictly. Each decoder reads straight through; the reader keeps the first fault. */
import { ByteReader } from './byte-reader.js';
import { decodeConnect } from './decode-connect.js';
import { Fault } from './fault.js';
import {
  type AckPacket,
  type ConnackPacket,
  type DisconnectPacket,
  type Packet,
  PacketType,
  type ProtocolVersion,
  type PublishPacket,
  type SubackPacket,
  type SubscribePacket,
  type SubscriptionRequest,
  type UnsubscribePacket,
} from './packets.js';
import { NO_PROPERTIES, type PropertyHost, readProperties } from './properties.js';
import { PublishFrame, readTopic } from './publish-frame.js';
import { ReasonCode } from './reason-codes.js';
import { isTopicName, parseFilter } from './topics.js';

/** Decodes the packet whose first byte is `first` and whose body is bytes[bodyAt, end). Never throws. */
export function decodePacket(bytes: Buffer, first: number, bodyAt: number, end: number, version: ProtocolVersion): Packet | Fault {
  const type = first >> 4;
  const reserved = type !== PacketType.PUBLISH && (first & 15) !== reservedFlags(type);
  // MQTT 3.1 calls these bits of CONNECT unused, and some of its clients set them.
  if (reserved && (type !== PacketType.CONNECT || !isMqtt31(bytes, bodyAt, end)))
    return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-2.1.3-1', 'reserved flags of the fixed header are wrong');
  if (type === PacketType.PUBLISH) return decodePublish(bytes, first, bodyAt, end, version);
  const reader = new ByteReader(bytes, bodyAt, end);
  const packet = decodeBody(reader, type, version);
  return reader.fault ?? packet ?? new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-2.1.2', `there is no packet type ${type}`);
}

function isMqtt31(bytes: Buffer, bodyAt: number, end: number): boolean {
  return end - bodyAt > 8 && bytes.toString('latin1', bodyAt + 2, bodyAt + 9) === 'MQIsdp\x03';
}

function decodeBody(reader: ByteReader, type: number, version: ProtocolVersion): Packet | null {
  switch (type) {
    case PacketType.CONNECT:
      return decodeConnect(reader);
    case PacketType.CONNACK:
      return decodeConnack(reader, version);
    case PacketType.PUBACK:
      return decodeAck(reader, 'puback', version);
    case PacketType.PUBREC:
      return decodeAck(reader, 'pubrec', version);
    case PacketType.PUBREL:
      return decodeAck(reader, 'pubrel', version);
    case PacketType.PUBCOMP:
      return decodeAck(reader, 'pubcomp', version);
    case PacketType.SUBSCRIBE:
      return decodeSubscribe(reader, version);
    case PacketType.SUBACK:
      return decodeSuback(reader, 'suback', version);
    case PacketType.UNSUBSCRIBE:
      return decodeUnsubscribe(reader, version);
    case PacketType.UNSUBACK:
      return decodeSuback(reader, 'unsuback', version);
    case PacketType.PINGREQ:
    case PacketType.PINGRESP:
      reader.finish('PING');
      return { type: type === PacketType.PINGREQ ? 'pingreq' : 'pingresp' };
    case PacketType.DISCONNECT:
      return decodeReason(reader, 'disconnect', version);
    case PacketType.AUTH:
      return version === 5 ? decodeReason(reader, 'auth', version) : null;
    default:
      return null;
  }
}

function reservedFlags(type: number): number {
  return type === PacketType.PUBREL || type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE ? 2 : 0;
}

export function decodePublish(bytes: Buffer, first: number, bodyAt: number, end: number, version: ProtocolVersion): PublishPacket | Fault {
  const frame = new PublishFrame();
  const fault = frame.read(bytes, first, bodyAt, end, version === 5);
  if (fault !== null) return fault;
  const topic = readTopic(bytes, frame.topicAt, frame.topicEnd);
  if (topic instanceof Fault) return topic;
  const properties = readPublishProperties(bytes, frame);
  if (properties instanceof Fault) return properties;
  if (topic === '' && properties.topicAlias === undefined)
    return new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.3.2', 'PUBLISH has neither topic nor topic alias');
  const { dup, qos, retain, packetId } = frame;
  return { type: 'publish', dup, qos, retain, topic, packetId, properties, payload: bytes.subarray(frame.payloadAt, end) };
}

/** The properties of a PUBLISH; a Response Topic is a topic name [MQTT-3.3.2-14], an alias is not zero [MQTT-3.3.2-8]. */
export function readPublishProperties(bytes: Buffer, frame: PublishFrame) {
  if (!frame.hasProperties) return NO_PROPERTIES;
  const reader = new ByteReader(bytes, frame.propertiesAt, frame.payloadAt);
  const properties = readProperties(reader, 'publish');
  if (properties.responseTopic !== undefined && !isTopicName(properties.responseTopic))
    reader.fail('MQTT-3.3.2-14', 'response topic is no topic name', ReasonCode.PROTOCOL_ERROR);
  if (properties.topicAlias === 0) reader.fail('MQTT-3.3.2-8', 'topic alias is zero', ReasonCode.TOPIC_ALIAS_INVALID);
  return reader.fault ?? properties;
}

function decodeConnack(reader: ByteReader, version: ProtocolVersion): ConnackPacket {
  const flags = reader.u8('connect acknowledge flags');
  if (flags > 1) reader.fail('MQTT-3.2.2-1', 'reserved bits of the acknowledge flags are set');
  const reasonCode = reader.u8('reason code');
  const properties = version === 5 ? readProperties(reader, 'connack') : NO_PROPERTIES;
  reader.finish('CONNACK');
  return { type: 'connack', sessionPresent: flags === 1, reasonCode, properties };
}

function decodeAck(reader: ByteReader, type: AckPacket['type'], version: ProtocolVersion): AckPacket {
  const packetId = reader.packetId();
  const { reasonCode, properties } = readReason(reader, type, version);
  const codes: readonly number[] = type === 'puback' || type === 'pubrec' ? PUBLISH_CODES : RELEASE_CODES;
  if (!codes.includes(reasonCode)) reader.fail('MQTT-3.4.2-1', `${type} may not hold reason code ${reasonCode}`, ReasonCode.PROTOCOL_ERROR);
  return { type, packetId, reasonCode, properties };
}
const PUBLISH_CODES = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const RELEASE_CODES = [0x00, 0x92];

/** Which codes may stand there depends on who sends it: a client reads {@link DISCONNECT_CODES} of the server, and the reverse. */
function decodeReason(reader: ByteReader, type: 'disconnect' | 'auth', version: ProtocolVersion): DisconnectPacket {
  const { reasonCode, properties } = readReason(reader, type, version);
  const codes = type === 'auth' ? AUTH_CODES : DISCONNECT_CODES;
  if (!codes.includes(reasonCode))
    reader.fail(
      type === 'auth' ? 'MQTT-3.15.2-1' : 'MQTT-3.14.2-1',
      `${type} may not hold reason code ${reasonCode}`,
      ReasonCode.PROTOCOL_ERROR,
    );
  return { type, reasonCode, properties };
}
const AUTH_CODES: readonly number[] = [0x00, 0x18, 0x19];
const DISCONNECT_CODES: readonly number[] = [
  ...[0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90],
  ...[0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2],
];

/** Reason code and properties; either may be left out (§3.4.2.1, §3.14.2.2.1). */
function readReason(reader: ByteReader, host: PropertyHost, version: ProtocolVersion) {
  const given = version === 5 && reader.remaining > 0;
  const reasonCode = given ? reader.u8('reason code') : ReasonCode.SUCCESS;
  const properties = given && reader.remaining > 0 ? readProperties(reader, host) : NO_PROPERTIES;
  reader.finish(host);
  return { reasonCode, properties };
}

function decodeSubscribe(reader: ByteReader, version: ProtocolVersion): SubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readProperties(reader, 'subscribe') : NO_PROPERTIES;
  const subscriptions: SubscriptionRequest[] = [];
  while (reader.remaining > 0) subscriptions.push(readRequest(reader, version));
  if (subscriptions.length === 0) reader.fail('MQTT-3.8.3-2', 'SUBSCRIBE has no topic filter', ReasonCode.PROTOCOL_ERROR);
  return { type: 'subscribe', packetId, properties, subscriptions };
}

function readRequest(reader: ByteReader, version: ProtocolVersion): SubscriptionRequest {
  const filter = readFilter(reader);
  const options = reader.u8('subscription options');
  const qos = options & 3;
  // Reserved bits [MQTT-3.8.3-5], no QoS 3, no retain handling 3.
  if (qos === 3 || (version === 5 ? options >> 6 !== 0 : options >> 2 !== 0))
    reader.fail('MQTT-3.8.3-5', 'subscription options have reserved bits set');
  const retainHandling = (options >> 4) & 3;
  if (retainHandling === 3) reader.fail('MQTT-3.8.3-5', 'retain handling is 3', ReasonCode.PROTOCOL_ERROR);
  const noLocal = (options & 4) !== 0;
  if (noLocal && (filter.startsWith('$share/') || filter.startsWith('$queue/')))
    reader.fail('MQTT-3.8.3-4', 'No Local is set on a shared subscription', ReasonCode.PROTOCOL_ERROR);
  return {
    filter,
    qos: qos as 0 | 1 | 2,
    noLocal,
    retainAsPublished: (options & 8) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2,
  };
}

function readFilter(reader: ByteReader): string {
  const filter = reader.name('topic filter');
  if (reader.fault === null && parseFilter(filter) === null)
    reader.fail('MQTT-4.7.1-1', `topic filter ${JSON.stringify(filter.slice(0, 100))} is not valid`, ReasonCode.TOPIC_FILTER_INVALID);
  return filter;
}

function decodeUnsubscribe(reader: ByteReader, version: ProtocolVersion): UnsubscribePacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readProperties(reader, 'unsubscribe') : NO_PROPERTIES;
  const filters: string[] = [];
  while (reader.remaining > 0) filters.push(readFilter(reader));
  if (filters.length === 0) reader.fail('MQTT-3.10.3-2', 'UNSUBSCRIBE has no topic filter', ReasonCode.PROTOCOL_ERROR);
  return { type: 'unsubscribe', packetId, properties, filters };
}

function decodeSuback(reader: ByteReader, type: 'suback' | 'unsuback', version: ProtocolVersion): SubackPacket {
  const packetId = reader.packetId();
  const properties = version === 5 ? readProperties(reader, type) : NO_PROPERTIES;
  const reasonCodes = [...reader.rest()];
  if (version < 5 && type === 'suback' && reasonCodes.some((code) => code > 2 && code !== 0x80))
    reader.fail('MQTT-3.9.3-2', 'SUBACK holds a reserved return code');
  return { type, packetId, properties, reasonCodes };
}
