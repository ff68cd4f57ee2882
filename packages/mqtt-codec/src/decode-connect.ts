/** CONNECT (§3.1). The protocol version stands inside, so that this decoder needs none. */
import type { ByteReader } from './byte-reader.js';
import type { ConnectPacket, ProtocolVersion, QoS, Will } from './packets.js';
import { NO_PROPERTIES, readProperties } from './properties.js';
import { ReasonCode } from './reason-codes.js';
import { isTopicName } from './topics.js';

export function decodeConnect(reader: ByteReader): ConnectPacket {
  const version = readVersion(reader);
  const flags = reader.u8('connect flags');
  // MQTT 3.1 says nothing about that bit.
  if (version > 3 && (flags & 1) !== 0) reader.fail('MQTT-3.1.2-3', 'the reserved connect flag is set');
  const hasUsername = (flags & 0x80) !== 0;
  const hasPassword = (flags & 0x40) !== 0;
  if (version < 5 && hasPassword && !hasUsername) reader.fail('MQTT311-3.1.2-22', 'a password is given without a user name');
  const keepAliveSeconds = reader.u16('keep alive');
  const properties = version === 5 ? readProperties(reader, 'connect') : NO_PROPERTIES;
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined)
    reader.fail('MQTT-3.1.2', 'authentication data is given without a method', ReasonCode.PROTOCOL_ERROR);
  const clientId = reader.name('client identifier');
  const will = readWill(reader, flags, version);
  const username = hasUsername ? reader.name('user name') : null;
  // Copied: it outlives the read buffer while the answer is being worked out.
  const password = hasPassword ? Buffer.from(reader.binary('password')) : null;
  reader.finish('CONNECT');
  return { type: 'connect', version, cleanStart: (flags & 2) !== 0, keepAliveSeconds, clientId, will, username, password, properties };
}

function readVersion(reader: ByteReader): ProtocolVersion {
  const name = reader.text('protocol name');
  const level = reader.u8('protocol level');
  if (name === 'MQTT' && (level === 4 || level === 5)) return level;
  if (name === 'MQIsdp' && level === 3) return level;
  // A bridge of mosquitto sets the highest bit of the level; that is its own extension and not served.
  if (name === 'MQTT' || name === 'MQIsdp')
    reader.fail('MQTT-3.1.2-2', `protocol level ${level} is not served`, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
  else reader.fail('MQTT-3.1.2-1', 'the protocol name is not MQTT', ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
  return 4;
}

function readWill(reader: ByteReader, flags: number, version: ProtocolVersion): Will | null {
  const qos = (flags >> 3) & 3;
  const retain = (flags & 0x20) !== 0;
  if ((flags & 4) === 0) {
    if (qos !== 0) reader.fail('MQTT-3.1.2-11', 'will QoS is set without a will');
    if (retain) reader.fail('MQTT-3.1.2-13', 'will retain is set without a will');
    return null;
  }
  if (qos === 3) reader.fail('MQTT-3.1.2-12', 'will QoS is 3');
  const properties = version === 5 ? readProperties(reader, 'will') : NO_PROPERTIES;
  if (properties.responseTopic !== undefined && !isTopicName(properties.responseTopic))
    reader.fail('MQTT-3.3.2-14', 'response topic of the will is no topic name', ReasonCode.PROTOCOL_ERROR);
  const topic = reader.name('will topic');
  const payload = Buffer.from(reader.binary('will payload'));
  if (reader.fault === null && !isTopicName(topic))
    reader.fail('MQTT-3.1.3-11', 'the will topic is no topic name', ReasonCode.TOPIC_NAME_INVALID);
  return { topic, payload, qos: qos as QoS, retain, properties };
}
