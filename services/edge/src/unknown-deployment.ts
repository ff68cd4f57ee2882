/**
 * What a host name that nobody has hears: exactly what a wrong password hears at one that exists, over MQTT and over
 * WebSocket, so that host names cannot be guessed by their answers.
 */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { HttpRequestHead } from './http-head.js';
import { readAhead } from './read-ahead.js';
import { isWholePacket, refuseConnect } from './wrong-protocol.js';

/** Bad user name or password, for MQTT 5 and for older versions. */
const BAD_LOGIN = { reasonCode: 0x86, returnCode: 4 };
/** RFC 6455 §1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY_FRAME = 0x82;
/** More than this is read of nobody who has no deployment. */
const FRAME_BYTES_MAX = 65_535;

export function refuseUnknown(connect: Buffer): Buffer {
  return refuseConnect(connect, BAD_LOGIN.reasonCode, BAD_LOGIN.returnCode);
}

/** Does the handshake, reads one CONNECT (in however many frames) and refuses it. Resolves when the answer is written. */
export async function refuseUnknownWebSocket(stream: Duplex, head: HttpRequestHead): Promise<void> {
  const accept = createHash('sha1')
    .update(`${head.webSocketKey ?? ''}${WEBSOCKET_GUID}`)
    .digest('base64');
  const protocol = head.webSocketProtocols.find((name) => name === 'mqtt' || name === 'mqttv3.1');
  stream.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
      '',
      '',
    ].join('\r\n'),
  );
  const frame = await readAhead(stream, (bytes) => unmask(bytes));
  if (frame === null) return;
  const answer = refuseUnknown(frame.decision);
  stream.end(Buffer.concat([Buffer.from([BINARY_FRAME, answer.length]), answer]));
}

/** The payload of masked frames (RFC 6455 §5.2) up to a whole CONNECT; undefined while it is not whole. */
function unmask(bytes: Buffer): Buffer | undefined {
  let packet: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes[at + 1]! & 0x7f;
    if (short === 127) return packet;
    const maskAt = at + (short === 126 ? 4 : 2);
    if (bytes.length < maskAt + 4) return undefined;
    const start = maskAt + 4;
    const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
    if (end > FRAME_BYTES_MAX) return packet;
    if (bytes.length < end) return undefined;
    const payload = Buffer.from(bytes.subarray(start, end));
    for (let i = 0; i < payload.length; i++) payload[i]! ^= bytes[maskAt + (i % 4)]!;
    packet = Buffer.concat([packet, payload]);
    if (isWholePacket(packet)) return packet;
    at = end;
  }
  return undefined;
}
