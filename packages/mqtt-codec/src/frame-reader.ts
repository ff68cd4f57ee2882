/**
 * Cuts a byte stream into MQTT packets. Chunks are not copied unless a packet spans two of them, and then once; a packet
 * larger than the limit is refused when its length is known, before its body is held.
 */
import { Fault } from './fault.js';
import { ReasonCode } from './reason-codes.js';

const EMPTY = Buffer.alloc(0);
/** A rest this much smaller than its chunk is copied out, so that it does not hold the chunk in memory. */
const COPY_OUT_RATIO = 4;

export class FrameReader {
  /** The packet found last: first byte at `start`, body at `bodyAt` up to `end`, in `bytes`. */
  bytes: Buffer = EMPTY;
  start = 0;
  bodyAt = 0;
  end = 0;
  /** MQTT 5 forbids longer encodings of the remaining length than needed [MQTT-1.5.5-1]. */
  minimalLength = false;
  private at = 0;
  private later: Buffer[] = [];
  private laterBytes = 0;

  constructor(public packetBytesMax: number) {}

  /** Bytes that wait for the rest of their packet, or for {@link next}. */
  get heldBytes(): number {
    return this.bytes.length - this.at + this.laterBytes;
  }

  push(chunk: Buffer): void {
    if (this.at === this.bytes.length && this.later.length === 0) {
      this.bytes = chunk;
      this.at = 0;
      return;
    }
    this.later.push(chunk);
    this.laterBytes += chunk.length;
  }

  /** True when a packet was found, false when more bytes are needed. */
  next(): boolean | Fault {
    for (;;) {
      const length = this.remainingLength();
      if (typeof length === 'object') return length;
      if (length >= 0) {
        const total = this.bodyAt - this.at + length;
        if (total > this.packetBytesMax)
          return new Fault(ReasonCode.PACKET_TOO_LARGE, 'MQTT-3.2.2-15', `a packet of ${total} bytes exceeds ${this.packetBytesMax}`);
        if (this.at + total <= this.bytes.length) {
          this.start = this.at;
          this.end = this.at + total;
          this.at = this.end;
          return true;
        }
        if (this.heldBytes < total) return this.wait();
      } else if (this.later.length === 0) return this.wait();
      this.join();
    }
  }

  /** The remaining length; -1 when it is not complete yet. Sets `bodyAt`. */
  private remainingLength(): number | Fault {
    let value = 0;
    for (let i = this.at + 1, shift = 0; i < this.bytes.length; i++, shift += 7) {
      const byte = this.bytes[i]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0 && this.minimalLength) return malformed('the remaining length is encoded with more bytes than needed');
        this.bodyAt = i + 1;
        return value;
      }
      if (shift === 21) return malformed('the remaining length is longer than four bytes');
    }
    return -1;
  }

  private wait(): false {
    const rest = this.bytes.length - this.at;
    if (rest * COPY_OUT_RATIO < this.bytes.length) {
      this.bytes = rest === 0 ? EMPTY : Buffer.from(this.bytes.subarray(this.at));
      this.at = 0;
    }
    return false;
  }

  private join(): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), ...this.later]);
    this.at = 0;
    this.later = [];
    this.laterBytes = 0;
  }
}

function malformed(message: string): Fault {
  return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-1.5.5-1', message);
}
