/** The records of the log: one per change, in the order of {@link RecordType}. Readers live in replay.ts. */
import type { ByteReader } from '@rookery/mqtt-codec/byte-reader';
import type { ByteWriter } from '@rookery/mqtt-codec/byte-writer';
import { NO_PROPERTIES, readProperties, writeProperties } from '@rookery/mqtt-codec/properties';
import { Publication } from '../kernel/publication.js';
import type { RetainedMessage } from '../kernel/retained.js';
import type { Subscription } from '../kernel/subscription.js';
import type { StoredWill } from '../kernel/wills.js';
import { publicationOf } from '../kernel/publication.js';
import type { StoredMessage } from '../session/delivery.js';
import type { SessionRecord } from './store.js';

export const RecordType = {
  SESSION: 1,
  SESSION_END: 2,
  SUBSCRIPTION: 3,
  SUBSCRIPTION_END: 4,
  MESSAGE: 5,
  RELEASED: 6,
  DONE: 7,
  INBOUND: 8,
  INBOUND_END: 9,
  RETAINED: 10,
  RETAINED_END: 11,
  WILL: 12,
  WILL_END: 13,
} as const;

export function writeSession(writer: ByteWriter, session: SessionRecord): void {
  writer.u8(RecordType.SESSION);
  writer.u32(session.number);
  writer.text(session.clientId);
  writer.u8((session.username === null ? 0 : 1) | (session.v5 ? 2 : 0));
  writer.text(session.username ?? '');
  writer.u32(session.expirySeconds);
  writeTime(writer, session.disconnectedAt);
  writeTime(writer, session.createdAt);
}

export function writeSubscription(writer: ByteWriter, session: number, { text, options }: Subscription): void {
  writer.u8(RecordType.SUBSCRIPTION);
  writer.u32(session);
  writer.text(text);
  writer.u8(options.qos | (options.noLocal ? 4 : 0) | (options.retainAsPublished ? 8 : 0) | ((options.retainHandling ?? 0) << 4));
  writer.u32(options.identifier);
}

/** With the deliveries that are not done. */
export function writeMessage(writer: ByteWriter, message: StoredMessage): void {
  writer.u8(RecordType.MESSAGE);
  writePublication(writer, message.publication);
  writer.u32(message.pending);
  for (const { sessionNumber, sequence, qos, retain, released, identifiers, share, done } of message.deliveries) {
    if (done) continue;
    writer.u32(sessionNumber);
    writeTime(writer, sequence);
    writer.u8(qos | (retain ? 4 : 0) | (released ? 8 : 0) | (share === null ? 0 : 16));
    if (share !== null) writer.text(share);
    writer.u8(identifiers?.length ?? 0);
    for (const identifier of identifiers ?? []) writer.u32(identifier);
  }
}

export function writeRetained(writer: ByteWriter, { publication }: RetainedMessage): void {
  writer.u8(RecordType.RETAINED);
  writePublication(writer, publication);
}

export function writeWill(writer: ByteWriter, { clientId, packet, delaySeconds, dueAt }: StoredWill): void {
  writer.u8(RecordType.WILL);
  writer.text(clientId);
  writer.text(packet.brokerId ?? '');
  writer.u32(delaySeconds);
  writeTime(writer, dueAt);
  writePublication(writer, publicationOf(packet));
}

/** A record that names a session and a number. */
export function writeMark(writer: ByteWriter, type: number, session: number, value: number): void {
  writer.u8(type);
  writer.u32(session);
  writeTime(writer, value);
}

/** A record that names a text. */
export function writeName(writer: ByteWriter, type: number, name: string): void {
  writer.u8(type);
  writer.text(name);
}

function writePublication(writer: ByteWriter, publication: Publication): void {
  writer.text(publication.topic);
  writer.u8(publication.qos | (publication.retain ? 4 : 0));
  writeTime(writer, publication.expiresAt);
  writer.text(publication.publisherId);
  writeProperties(writer, publication.properties);
  writer.blob(publication.payload);
}

export function readPublication(reader: ByteReader): Publication {
  const topic = reader.text('topic');
  const flags = reader.u8('flags');
  const expiresAt = readTime(reader);
  const publisherId = reader.text('publisher');
  const properties = readProperties(reader, 'publish');
  const empty = Object.keys(properties).length === 0;
  if (properties.correlationData !== undefined) properties.correlationData = Buffer.from(properties.correlationData);
  // Copied out: the segment's bytes are not kept.
  const payload = Buffer.from(reader.blob('payload'));
  return new Publication(
    topic,
    payload,
    (flags & 3) as 0 | 1 | 2,
    (flags & 4) !== 0,
    empty ? NO_PROPERTIES : properties,
    expiresAt,
    publisherId,
    true,
  );
}

/** 48 bits: times, and positions in a queue. */
function writeTime(writer: ByteWriter, value: number): void {
  writer.u16(Math.floor(value / 2 ** 32));
  writer.u32(value >>> 0);
}

export function readTime(reader: ByteReader): number {
  const high = reader.u16('time');
  return high * 2 ** 32 + reader.u32('time');
}
