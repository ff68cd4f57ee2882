/**
 * What a host name that nobody has hears: exactly what a wrong password hears at one that exists, over MQTT and over
 * WebSocket, so that host names cannot be guessed by their answers.
 */
import type { Duplex } from 'node:stream';
import type { HttpRequestHead } from './http-head.js';
import { readAhead } from './read-ahead.js';
import { acceptWebSocket, binaryFrame, unmaskFrames } from './web-socket.js';
import { isWholePacket, refuseConnect } from './wrong-protocol.js';

/** Bad user name or password, for MQTT 5 and for older versions. */
const BAD_LOGIN = { reasonCode: 0x86, returnCode: 4 };
/** More than this is read of nobody who has no deployment. */
const FRAME_BYTES_MAX = 65_535;

export function refuseUnknown(connect: Buffer): Buffer {
  return refuseConnect(connect, BAD_LOGIN.reasonCode, BAD_LOGIN.returnCode);
}

/** Does the handshake, reads one CONNECT (in however many frames) and refuses it. Resolves when the answer is written. */
export async function refuseUnknownWebSocket(stream: Duplex, head: HttpRequestHead): Promise<void> {
  acceptWebSocket(stream, head);
  const read = await readAhead(stream, (bytes) => {
    const { payload, broken } = unmaskFrames(bytes, FRAME_BYTES_MAX);
    return broken || isWholePacket(payload) ? payload : undefined;
  });
  if (read === null) return;
  stream.end(binaryFrame(refuseUnknown(read.decision)));
}
