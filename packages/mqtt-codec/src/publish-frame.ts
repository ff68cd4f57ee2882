/**
 * PUBLISH without copying: where its fields stand in the received bytes. The topic's text is checked by
 * {@link readTopic}, so that a receiver that has just seen the same bytes need not check them again.
 */
import { textKind } from './byte-reader.js';
import { Fault } from './fault.js';
import type { QoS } from './packets.js';
import { ReasonCode } from './reason-codes.js';
import { isTopicName } from './topics.js';

export class PublishFrame {
  qos: QoS = 0;
  dup = false;
  retain = false;
  topicAt = 0;
  topicEnd = 0;
  /** Where the packet identifier stands, or would stand with QoS 0. */
  idAt = 0;
  packetId = 0;
  /** The property list with its length (MQTT 5; else empty): [propertiesAt, payloadAt). */
  propertiesAt = 0;
  /** Whether the property list holds anything. */
  hasProperties = false;
  payloadAt = 0;

  /** Finds the fields; the property list is measured, not read. */
  read(bytes: Buffer, first: number, bodyAt: number, end: number, v5: boolean): Fault | null {
    const qos = (first >> 1) & 3;
    this.dup = (first & 8) !== 0;
    this.retain = (first & 1) !== 0;
    // QoS 3 does not exist [MQTT-3.3.1-4]; DUP is zero with QoS 0 [MQTT-3.3.1-2].
    if (qos === 3) return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-3.3.1-4', 'PUBLISH has QoS 3');
    if (this.dup && qos === 0) return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-3.3.1-2', 'PUBLISH of QoS 0 has DUP set');
    this.qos = qos as QoS;
    if (bodyAt + 2 > end) return cutShort('topic');
    this.topicAt = bodyAt + 2;
    this.topicEnd = this.topicAt + ((bytes[bodyAt]! << 8) | bytes[bodyAt + 1]!);
    this.idAt = this.topicEnd;
    let at = this.topicEnd;
    if (qos > 0) {
      if (at + 2 > end) return cutShort('packet identifier');
      this.packetId = (bytes[at]! << 8) | bytes[at + 1]!;
      if (this.packetId === 0) return new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-2.2.1-3', 'packet identifier is zero');
      at += 2;
    } else this.packetId = 0;
    this.propertiesAt = at;
    this.hasProperties = false;
    if (v5) at = this.skipProperties(bytes, at, end);
    if (at > end || at < 0) return cutShort('property list');
    this.payloadAt = at;
    return null;
  }

  private skipProperties(bytes: Buffer, at: number, end: number): number {
    let length = 0;
    for (let shift = 0; shift < 28 && at < end; shift += 7) {
      const byte = bytes[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        // A longer encoding than needed is told when the list is read.
        this.hasProperties = length > 0 || shift > 0;
        return at + length;
      }
    }
    return -1;
  }
}

/** The topic's text, or what is wrong with it. An empty topic is the caller's business (topic alias). */
export function readTopic(bytes: Buffer, start: number, end: number): string | Fault {
  const kind = textKind(bytes, start, end);
  if (kind === 'null' || kind === 'invalid')
    return new Fault(ReasonCode.MALFORMED_PACKET, kind === 'null' ? 'MQTT-1.5.4-2' : 'MQTT-1.5.4-1', 'topic is not well-formed UTF-8');
  if (kind === 'control') return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-1.5.4', 'topic holds a control character');
  const topic = bytes.toString(kind === 'ascii' ? 'latin1' : 'utf8', start, end);
  if (topic !== '' && !isTopicName(topic))
    return new Fault(ReasonCode.TOPIC_NAME_INVALID, 'MQTT-3.3.2-2', 'a topic name may not hold wildcards');
  return topic;
}

function cutShort(what: string): Fault {
  return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-2.1.4', `${what} is cut short`);
}
