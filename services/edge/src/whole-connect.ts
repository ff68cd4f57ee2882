/**
 * A whole, valid CONNECT, and nothing less, wakes a deployment: the strict codec of the broker reads it, so that what
 * wakes a runtime is what a runtime would answer.
 */
import { decodePacket } from '@rookery/mqtt-codec/decode';
import { Fault } from '@rookery/mqtt-codec/fault';
import { FrameReader } from '@rookery/mqtt-codec/frame-reader';
import { connackReturnCode } from '@rookery/mqtt-codec/reason-codes';
import { refuseConnect } from './wrong-protocol.js';

/** A longer one is refused: it is held in memory, and nobody has let its sender in. */
export const CONNECT_BYTES_MAX = 256 * 1024;

/** `refusal`: what to answer to bytes that are no CONNECT. */
export type ConnectRead = { kind: 'incomplete' } | { kind: 'whole' } | { kind: 'invalid'; refusal: Buffer };

export function readConnect(bytes: Buffer): ConnectRead {
  const reader = new FrameReader(CONNECT_BYTES_MAX);
  reader.push(Buffer.from(bytes));
  const found = reader.next();
  if (found === false) return { kind: 'incomplete' };
  if (found instanceof Fault) return refusal(bytes, found);
  const packet = decodePacket(reader.bytes, reader.bytes[reader.start]!, reader.bodyAt, reader.end, 5);
  return packet instanceof Fault ? refusal(bytes, packet) : { kind: 'whole' };
}

function refusal(bytes: Buffer, { reasonCode, message }: Fault): ConnectRead {
  return { kind: 'invalid', refusal: refuseConnect(bytes, reasonCode, connackReturnCode(reasonCode), message) };
}
