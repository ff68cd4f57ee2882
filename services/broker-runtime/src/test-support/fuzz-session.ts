/** Valid conversations of one client for the fuzzer: CONNECT, then any packets a client may send. All from the generator. */
import { encodePacket } from '@rookery/mqtt-codec/encode';
import type { ConnectPacket, Packet, ProtocolVersion, SubscriptionRequest } from '@rookery/mqtt-codec/packets';
import type { Properties } from '@rookery/mqtt-codec/properties';
import { connectPacket } from './test-client.js';

export type Random = () => number;

const TOPICS = ['a', 'a/b', '$SYS/x', 'f/1', '__proto__', 'constructor/x', 'a//b', 'é', '/', 'a/b/c/d/e/f/g/h', '☃'];
const FILTERS = ['#', '+/b', 'a/#', '$share/g/a/#', '$share/h/+', '$queue/f/+', 'a', '+', '/+', '$SYS/#', '__proto__', 'constructor/#'];
const CLIENT_IDS = ['fuzz-0', 'fuzz-1', 'fuzz-2', 'fuzz-3', '__proto__', 'constructor', 'é', ''];
const PACKETS_MAX = 16;

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** The packets of one client, encoded, one buffer each. */
export function fuzzSession(random: Random): Buffer[] {
  const version = pick(random, [3, 4, 5] as const);
  const count = Math.floor(random() * PACKETS_MAX);
  const packets: Packet[] = [hello(random, version), ...Array.from({ length: count }, () => anyPacket(random))];
  return packets.map((packet) => encodePacket(packet, version));
}

function hello(random: Random, version: ProtocolVersion): ConnectPacket {
  const willProperties: Properties = random() < 0.5 ? {} : { willDelayInterval: small(random), messageExpiryInterval: small(random) };
  const will = {
    topic: pick(random, TOPICS),
    payload: bytes(random, 50),
    qos: qos(random),
    retain: random() < 0.5,
    properties: willProperties,
  };
  const properties: Properties = { sessionExpiryInterval: Math.floor(random() * 3), receiveMaximum: 1 + small(random) };
  if (random() < 0.2) properties.maximumPacketSize = 20 + Math.floor(random() * 300);
  if (random() < 0.2) properties.topicAliasMaximum = small(random);
  if (random() < 0.2) properties.requestProblemInformation = 0;
  if (random() < 0.02) properties.authenticationMethod = 'x';
  return connectPacket({
    version,
    clientId: pick(random, CLIENT_IDS),
    cleanStart: random() < 0.5,
    keepAliveSeconds: pick(random, [0, 1, 60, 65_535]),
    will: random() < 0.3 ? will : null,
    username: random() < 0.2 ? 'user' : null,
    properties: version === 5 ? properties : {},
  });
}

function anyPacket(random: Random): Packet {
  const kind = random();
  if (kind < 0.4) return publish(random);
  if (kind < 0.65) return acknowledgement(random);
  if (kind < 0.85) return subscribe(random);
  if (kind < 0.93) return { type: 'unsubscribe', packetId: small(random), properties: {}, filters: [pick(random, FILTERS)] };
  if (kind < 0.97) return { type: 'pingreq' };
  return {
    type: 'disconnect',
    reasonCode: pick(random, [0, 4]),
    properties: random() < 0.8 ? {} : { sessionExpiryInterval: small(random) },
  };
}

function publish(random: Random): Packet {
  const properties: Properties = {};
  if (random() < 0.3) properties.topicAlias = small(random);
  if (random() < 0.3) properties.messageExpiryInterval = small(random);
  if (random() < 0.2) properties.userProperties = Array.from({ length: small(random) }, () => ['__proto__', 'v']);
  if (random() < 0.2) properties.responseTopic = pick(random, TOPICS);
  if (random() < 0.2) properties.correlationData = bytes(random, 20);
  const level = qos(random);
  return {
    type: 'publish',
    topic: properties.topicAlias !== undefined && random() < 0.3 ? '' : pick(random, TOPICS),
    payload: bytes(random, random() < 0.02 ? 70_000 : 300),
    qos: level,
    packetId: level === 0 ? 0 : small(random),
    dup: level > 0 && random() < 0.2,
    retain: random() < 0.3,
    properties,
  };
}

function acknowledgement(random: Random): Packet {
  const type = pick(random, ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const);
  const properties: Properties = random() < 0.8 ? {} : { reasonString: 'because', userProperties: [['k', 'v']] };
  return { type, packetId: small(random), reasonCode: random() < 0.8 ? 0 : 0x80, properties };
}

function subscribe(random: Random): Packet {
  const one = (): SubscriptionRequest => ({
    filter: pick(random, FILTERS),
    qos: qos(random),
    noLocal: false,
    retainAsPublished: random() < 0.5,
    retainHandling: qos(random),
  });
  const properties: Properties = random() < 0.5 ? {} : { subscriptionIdentifiers: [small(random)] };
  return { type: 'subscribe', packetId: small(random), properties, subscriptions: Array.from({ length: small(random) }, one) };
}

function bytes(random: Random, max: number): Buffer {
  return Buffer.alloc(Math.floor(random() * max), Math.floor(random() * 256));
}

function small(random: Random): number {
  return 1 + Math.floor(random() * 5);
}

function qos(random: Random): 0 | 1 | 2 {
  return pick(random, [0, 1, 2] as const);
}
