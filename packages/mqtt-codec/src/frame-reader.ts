/**
 * Cuts a byte stream into MQTT packets. Bytes that are pushed may belong to a buffer that is used again: whoever pushes
 * calls {@link FrameReader.detach} when all that could be handled was. Then only the unread rest is copied; it is put
 * in front of the next bytes where their buffer has room for it. A packet larger than the limit is refused when its
 * length is known, before its body is held.
 */
import { Fault } from './fault.js';
import { ReasonCode } from './reason-codes.js';

const EMPTY = Buffer.alloc(0);
export class FrameReader {
  /** The packet found last: first byte at `start`, body at `bodyAt` up to `end`, in `bytes`. */
  bytes: Buffer = EMPTY;
  start = 0;
  bodyAt = 0;
  end = 0;
  /** MQTT 5 forbids longer encodings of the remaining length than needed [MQTT-1.5.5-1]. */
  minimalLength = false;
  private at = 0;
  private limit = 0;
  private owned = true;
  /** What came while a packet larger than the room in front of it waits for its rest; copies. */
  private later: Buffer[] | null = null;
  private laterBytes = 0;

  constructor(public packetBytesMax: number) {}

  /** Bytes that wait for the rest of their packet, or for {@link next}. */
  get heldBytes(): number {
    return this.limit - this.at + this.laterBytes;
  }

  /** Takes chunk[start, end); what stands in the chunk before `start` may be overwritten. */
  push(chunk: Buffer, start = 0, end = chunk.length): void {
    const held = this.limit - this.at;
    if (this.later === null && held <= start) {
      if (held > 0) this.bytes.copy(chunk, start - held, this.at, this.limit);
      this.bytes = chunk;
      this.at = start - held;
      this.limit = end;
      this.owned = false;
      return;
    }
    (this.later ??= []).push(Buffer.from(chunk.subarray(start, end)));
    this.laterBytes += end - start;
  }

  /** Lets go of the bytes pushed last. */
  detach(): void {
    if (this.owned) return;
    this.bytes = this.at === this.limit ? EMPTY : Buffer.from(this.bytes.subarray(this.at, this.limit));
    this.owned = true;
    this.limit -= this.at;
    this.at = 0;
  }

  /** The packet found last could not be handled yet: {@link next} will find it again. */
  putBack(): void {
    this.at = this.start;
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
        if (this.at + total <= this.limit) {
          this.start = this.at;
          this.end = this.at + total;
          this.at = this.end;
          return true;
        }
        if (this.heldBytes < total) return false;
      } else if (this.later === null) return false;
      this.join();
    }
  }

  /** The remaining length; -1 when it is not complete yet. Sets `bodyAt`. */
  private remainingLength(): number | Fault {
    let value = 0;
    for (let i = this.at + 1, shift = 0; i < this.limit; i++, shift += 7) {
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

  private join(): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.at, this.limit), ...this.later!]);
    this.owned = true;
    this.at = 0;
    this.limit = this.bytes.length;
    this.later = null;
    this.laterBytes = 0;
  }
}

function malformed(message: string): Fault {
  return new Fault(ReasonCode.MALFORMED_PACKET, 'MQTT-1.5.5-1', message);
}
