/**
 * Answers for clients that speak the wrong protocol on a port, in the protocol they speak, so that the person behind
 * them reads what is wrong instead of a silent close.
 */
import { httpAnswer, looksLikeHttp } from './http-head.js';

const CONNECT = 1;
const TLS_HANDSHAKE = 0x16;
/** Fatal alert `protocol_version` (RFC 8446 §6), in a TLS 1.2 record. */
const TLS_ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 70]);
const NEEDS_TLS = 'This port speaks TLS. Connect with TLS (mqtts:// or wss://) and the CA certificate of this installation.';

/** What to say to bytes that should have been a ClientHello; null when nothing sensible can be said. */
export function answerOnTlsPort(first: Buffer): Buffer | null {
  if (looksLikeHttp(first)) return httpAnswer(400, 'Bad Request', NEEDS_TLS);
  if (isConnect(first)) return refuseConnect(first, 0x83, 3, NEEDS_TLS);
  return null;
}

/** What to say to bytes on a plain port that are neither MQTT nor HTTP. */
export function answerOnPlainPort(first: Buffer): Buffer | null {
  return first[0] === TLS_HANDSHAKE ? TLS_ALERT : null;
}

/**
 * By its packet type. What its flags must be depends on the version [MQTT-3.1.1-1], which only the runtime reads; those that
 * a TLS handshake has are taken for one.
 */
export function isConnect(first: Buffer): boolean {
  return first[0]! >> 4 === CONNECT && first[0] !== TLS_HANDSHAKE;
}

/**
 * CONNACK in the version that the CONNECT asks for: `reasonCode` and words for MQTT 5, `returnCode` for older ones.
 * The protocol level stands behind the remaining length and the protocol name [MQTT-3.1.2-2].
 */
export function refuseConnect(connect: Buffer, reasonCode: number, returnCode: number, words?: string): Buffer {
  if (protocolLevel(connect) !== 5) return Buffer.from([0x20, 2, 0, returnCode]);
  const text = Buffer.from(words ?? '');
  const properties = text.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x1f, text.length >> 8, text.length & 0xff]), text]);
  const length = encodeVarint(properties.length);
  const body = Buffer.concat([Buffer.from([0, reasonCode]), length, properties]);
  return Buffer.concat([Buffer.from([0x20]), encodeVarint(body.length), body]);
}

/** Whether `bytes` hold a whole packet, so that its sender has finished when it hears the answer. */
export function isWholePacket(bytes: Buffer): boolean {
  let length = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at++) {
    length += (bytes[at]! & 0x7f) << (7 * (at - 1));
    if ((bytes[at]! & 0x80) === 0) return bytes.length >= at + 1 + length;
  }
  return bytes.length >= 5;
}

function protocolLevel(connect: Buffer): number {
  let at = 1;
  while (at < 5 && (connect[at] ?? 0) & 0x80) at++;
  at++;
  if (at + 2 > connect.length) return 4;
  return connect[at + 2 + connect.readUInt16BE(at)] ?? 4;
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest > 127 ? (rest & 0x7f) | 0x80 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}
