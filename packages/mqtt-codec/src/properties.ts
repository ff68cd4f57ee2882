/** Properties of MQTT 5.0 (§2.2.2): which there are, what they hold, and where each may stand. */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { ReasonCode } from './reason-codes.js';

export interface Properties {
  payloadFormatIndicator?: number;
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Buffer;
  /** One in SUBSCRIBE, any number in a PUBLISH from the server. */
  subscriptionIdentifiers?: number[];
  sessionExpiryInterval?: number;
  assignedClientIdentifier?: string;
  serverKeepAlive?: number;
  authenticationMethod?: string;
  authenticationData?: Buffer;
  requestProblemInformation?: number;
  willDelayInterval?: number;
  requestResponseInformation?: number;
  responseInformation?: string;
  serverReference?: string;
  reasonString?: string;
  receiveMaximum?: number;
  topicAliasMaximum?: number;
  topicAlias?: number;
  maximumQoS?: number;
  retainAvailable?: number;
  /** In the order received [MQTT-3.3.2-18]. */
  userProperties?: [string, string][];
  maximumPacketSize?: number;
  wildcardSubscriptionAvailable?: number;
  subscriptionIdentifierAvailable?: number;
  sharedSubscriptionAvailable?: number;
}

export const NO_PROPERTIES: Readonly<Properties> = Object.freeze({});

/** Where a property list stands; `will` is the list of the will in CONNECT. */
export type PropertyHost =
  | 'connect'
  | 'will'
  | 'connack'
  | 'publish'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'suback'
  | 'unsubscribe'
  | 'unsuback'
  | 'disconnect'
  | 'auth';

type Form = 'flag' | 'u8' | 'u16' | 'u16+' | 'u32' | 'u32+' | 'varints' | 'text' | 'binary' | 'pairs';

interface Definition {
  id: number;
  name: keyof Properties;
  /** A flag is 0 or 1; `+` means that zero is a protocol error. */
  form: Form;
  hosts: readonly PropertyHost[];
}

const ACKS: readonly PropertyHost[] = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'disconnect', 'auth'];
const define = (id: number, name: keyof Properties, form: Form, ...hosts: PropertyHost[]): Definition => ({ id, name, form, hosts });

const DEFINITIONS: readonly Definition[] = [
  define(0x01, 'payloadFormatIndicator', 'flag', 'publish', 'will'),
  define(0x02, 'messageExpiryInterval', 'u32', 'publish', 'will'),
  define(0x03, 'contentType', 'text', 'publish', 'will'),
  define(0x08, 'responseTopic', 'text', 'publish', 'will'),
  define(0x09, 'correlationData', 'binary', 'publish', 'will'),
  define(0x0b, 'subscriptionIdentifiers', 'varints', 'publish', 'subscribe'),
  define(0x11, 'sessionExpiryInterval', 'u32', 'connect', 'connack', 'disconnect'),
  define(0x12, 'assignedClientIdentifier', 'text', 'connack'),
  define(0x13, 'serverKeepAlive', 'u16', 'connack'),
  define(0x15, 'authenticationMethod', 'text', 'connect', 'connack', 'auth'),
  define(0x16, 'authenticationData', 'binary', 'connect', 'connack', 'auth'),
  define(0x17, 'requestProblemInformation', 'flag', 'connect'),
  define(0x18, 'willDelayInterval', 'u32', 'will'),
  define(0x19, 'requestResponseInformation', 'flag', 'connect'),
  define(0x1a, 'responseInformation', 'text', 'connack'),
  define(0x1c, 'serverReference', 'text', 'connack', 'disconnect'),
  define(0x1f, 'reasonString', 'text', 'connack', ...ACKS),
  define(0x21, 'receiveMaximum', 'u16+', 'connect', 'connack'),
  define(0x22, 'topicAliasMaximum', 'u16', 'connect', 'connack'),
  define(0x23, 'topicAlias', 'u16', 'publish'),
  define(0x24, 'maximumQoS', 'flag', 'connack'),
  define(0x25, 'retainAvailable', 'flag', 'connack'),
  define(0x26, 'userProperties', 'pairs', 'connect', 'will', 'connack', 'publish', 'subscribe', 'unsubscribe', ...ACKS),
  define(0x27, 'maximumPacketSize', 'u32+', 'connect', 'connack'),
  define(0x28, 'wildcardSubscriptionAvailable', 'flag', 'connack'),
  define(0x29, 'subscriptionIdentifierAvailable', 'flag', 'connack'),
  define(0x2a, 'sharedSubscriptionAvailable', 'flag', 'connack'),
];
const BY_ID = new Map(DEFINITIONS.map((definition) => [definition.id, definition]));

/** Reads a property list: known, allowed here, once (user properties and subscription identifiers excepted), of its type. */
export function readProperties(reader: ByteReader, host: PropertyHost): Properties {
  const length = reader.varint('property length');
  const end = reader.at + length;
  if (end > reader.end) reader.fail('MQTT-2.2.2-1', 'property length runs past the packet');
  const properties: Properties = {};
  while (reader.fault === null && reader.at < end) {
    const id = reader.varint('property identifier');
    const definition = BY_ID.get(id);
    if (definition === undefined) reader.fail('MQTT-2.2.2', `there is no property 0x${id.toString(16)}`);
    else if (!definition.hosts.includes(host)) reader.fail('MQTT-2.2.2', `${definition.name} may not stand in ${host}`);
    else readValue(reader, definition, host, properties);
  }
  if (reader.fault === null && reader.at !== end) reader.fail('MQTT-2.2.2', 'a property runs past the property length');
  return reader.fault === null ? properties : {};
}

function readValue(reader: ByteReader, { name, form }: Definition, host: PropertyHost, into: Properties): void {
  const target = into as Record<string, unknown>;
  if (form === 'pairs') {
    (into.userProperties ??= []).push([reader.text('user property name'), reader.text('user property value')]);
    return;
  }
  const repeatable = name === 'subscriptionIdentifiers' && host === 'publish';
  if (target[name] !== undefined && !repeatable) reader.fail('MQTT-2.2.2', `${name} is given twice`, ReasonCode.PROTOCOL_ERROR);
  if (form === 'varints') {
    const identifier = reader.varint(name);
    if (identifier === 0) reader.fail('MQTT-3.8.2', 'subscription identifier is zero', ReasonCode.PROTOCOL_ERROR);
    (into.subscriptionIdentifiers ??= []).push(identifier);
    return;
  }
  target[name] = form === 'text' ? reader.text(name) : form === 'binary' ? reader.binary(name) : readNumber(reader, name, form);
}

function readNumber(reader: ByteReader, name: string, form: Exclude<Form, 'pairs' | 'varints' | 'text' | 'binary'>): number {
  const value = form === 'flag' || form === 'u8' ? reader.u8(name) : form.startsWith('u16') ? reader.u16(name) : reader.u32(name);
  if (form === 'flag' && value > 1) reader.fail('MQTT-2.2.2', `${name} is neither 0 nor 1`, ReasonCode.PROTOCOL_ERROR);
  if (form.endsWith('+') && value === 0) reader.fail('MQTT-2.2.2', `${name} is zero`, ReasonCode.PROTOCOL_ERROR);
  return value;
}

/** Writes the list with its length. */
export function writeProperties(writer: ByteWriter, properties: Readonly<Properties>): void {
  if (properties === NO_PROPERTIES) return writer.u8(0);
  const start = writer.length;
  writePropertyFields(writer, properties);
  writer.insertVarint(start, writer.length - start);
}

/** Writes the fields without their length. */
export function writePropertyFields(writer: ByteWriter, properties: Readonly<Properties>): void {
  for (const { id, name, form } of DEFINITIONS) {
    const value = properties[name];
    if (value === undefined) continue;
    const values = form === 'pairs' || form === 'varints' ? (value as unknown[]) : [value];
    for (const each of values) {
      writer.u8(id);
      if (form === 'pairs') for (const text of each as [string, string]) writer.text(text);
      else if (form === 'text') writer.text(each as string);
      else if (form === 'binary') writer.binary(each as Buffer);
      else if (form === 'varints') writer.varint(each as number);
      else if (form.startsWith('u16')) writer.u16(each as number);
      else if (form.startsWith('u32')) writer.u32(each as number);
      else writer.u8(each as number);
    }
  }
}
