/** The shapes of MQTT control packets, the same for all protocol versions; what a version lacks is empty. */
import type { Properties } from './properties.js';

/** The protocol level in CONNECT: MQTT 3.1, 3.1.1, 5.0. */
export type ProtocolVersion = 3 | 4 | 5;
export type QoS = 0 | 1 | 2;

export const PacketType = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const;

export interface Will {
  topic: string;
  payload: Buffer;
  qos: QoS;
  retain: boolean;
  properties: Properties;
}

export interface ConnectPacket {
  type: 'connect';
  version: ProtocolVersion;
  cleanStart: boolean;
  keepAliveSeconds: number;
  clientId: string;
  will: Will | null;
  username: string | null;
  password: Buffer | null;
  properties: Properties;
}

export interface ConnackPacket {
  type: 'connack';
  sessionPresent: boolean;
  /** A return code for MQTT 3.1 and 3.1.1. */
  reasonCode: number;
  properties: Properties;
}

export interface PublishPacket {
  type: 'publish';
  dup: boolean;
  qos: QoS;
  retain: boolean;
  topic: string;
  /** 0 with QoS 0. */
  packetId: number;
  properties: Properties;
  payload: Buffer;
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP. */
export interface AckPacket {
  type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  packetId: number;
  reasonCode: number;
  properties: Properties;
}

export interface SubscriptionRequest {
  filter: string;
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: 0 | 1 | 2;
}

export interface SubscribePacket {
  type: 'subscribe';
  packetId: number;
  properties: Properties;
  subscriptions: SubscriptionRequest[];
}

export interface SubackPacket {
  type: 'suback' | 'unsuback';
  packetId: number;
  properties: Properties;
  reasonCodes: number[];
}

export interface UnsubscribePacket {
  type: 'unsubscribe';
  packetId: number;
  properties: Properties;
  filters: string[];
}

export interface PingPacket {
  type: 'pingreq' | 'pingresp';
}

/** DISCONNECT and AUTH. */
export interface DisconnectPacket {
  type: 'disconnect' | 'auth';
  reasonCode: number;
  properties: Properties;
}

export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | PingPacket
  | DisconnectPacket;
