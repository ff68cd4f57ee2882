/** As much of WebSocket (RFC 6455) as the edge speaks for a deployment that cannot: the handshake, and the frames of one CONNECT. */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { HttpRequestHead } from './http-head.js';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY_FRAME = 0x82;
/** In the order in which a runtime prefers them. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];

/** Null: the client offers none of ours. */
export function subprotocolFor({ webSocketProtocols }: HttpRequestHead): string | null {
  return SUBPROTOCOLS.find((name) => webSocketProtocols.includes(name)) ?? null;
}

export function acceptWebSocket(stream: Duplex, head: HttpRequestHead): void {
  const accept = createHash('sha1')
    .update(`${head.webSocketKey ?? ''}${GUID}`)
    .digest('base64');
  const protocol = subprotocolFor(head);
  stream.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      ...(protocol === null ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
      '',
      '',
    ].join('\r\n'),
  );
}

/** A short payload in a frame of its own. */
export function binaryFrame(payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([BINARY_FRAME, payload.length]), payload]);
  return Buffer.concat([Buffer.from([BINARY_FRAME, 126, payload.length >> 8, payload.length & 0xff]), payload]);
}

/**
 * The payloads of the masked data frames (RFC 6455 §5.2) that `bytes` hold whole, joined. A frame longer than
 * `frameBytesMax`, or one that is not masked, ends it: `broken`.
 */
export function unmaskFrames(bytes: Buffer, frameBytesMax: number): { payload: Buffer; broken: boolean } {
  const parts: Buffer[] = [];
  const done = (broken: boolean) => ({ payload: Buffer.concat(parts), broken });
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    const short = bytes[at + 1]! & 0x7f;
    if ((bytes[at + 1]! & 0x80) === 0) return done(true);
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const maskAt = at + 2 + lengthBytes;
    if (bytes.length < maskAt + 4) return done(false);
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    if (length > frameBytesMax) return done(true);
    const start = maskAt + 4;
    const end = start + length;
    if (bytes.length < end) return done(false);
    if (opcode < 8) {
      const payload = Buffer.from(bytes.subarray(start, end));
      for (let i = 0; i < payload.length; i++) payload[i]! ^= bytes[maskAt + (i % 4)]!;
      parts.push(payload);
    }
    at = end;
  }
  return done(false);
}
