/**
 * Reads fields of one packet, strictly. The first fault sticks; later reads then return empty values, so that a decoder
 * reads straight through and looks at `fault` once.
 */
import { isUtf8 } from 'node:buffer';
import { Fault } from './fault.js';
import { ReasonCode } from './reason-codes.js';

const EMPTY = Buffer.alloc(0);

export class ByteReader {
  fault: Fault | null = null;

  constructor(
    readonly bytes: Buffer,
    public at: number,
    readonly end: number,
  ) {}

  get remaining(): number {
    return this.fault === null ? this.end - this.at : 0;
  }

  fail(norm: string, message: string, reasonCode: number = ReasonCode.MALFORMED_PACKET): void {
    this.fault ??= new Fault(reasonCode, norm, message);
  }

  u8(what: string): number {
    if (!this.has(1, what)) return 0;
    return this.bytes[this.at++]!;
  }

  u16(what: string): number {
    if (!this.has(2, what)) return 0;
    this.at += 2;
    return (this.bytes[this.at - 2]! << 8) | this.bytes[this.at - 1]!;
  }

  u32(what: string): number {
    if (!this.has(4, what)) return 0;
    this.at += 4;
    return this.bytes.readUInt32BE(this.at - 4);
  }

  /** Variable byte integer: at most four bytes, no longer than needed [MQTT-1.5.5-1]. */
  varint(what: string): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8(what);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) this.fail('MQTT-1.5.5-1', `${what} is encoded with more bytes than needed`);
        return value;
      }
    }
    this.fail('MQTT-1.5.5-1', `${what} is longer than four bytes`);
    return 0;
  }

  /** Well-formed UTF-8 without surrogates [MQTT-1.5.4-1] and U+0000 [MQTT-1.5.4-2]; a byte order mark stays [MQTT-1.5.4-3]. */
  text(what: string): string {
    const length = this.u16(what);
    if (!this.has(length, what)) return '';
    const start = this.at;
    this.at += length;
    const kind = textKind(this.bytes, start, this.at);
    if (kind === 'ascii') return this.bytes.toString('latin1', start, this.at);
    if (kind === 'utf8' || kind === 'control') return this.bytes.toString('utf8', start, this.at);
    this.fail(kind === 'null' ? 'MQTT-1.5.4-2' : 'MQTT-1.5.4-1', `${what} is not well-formed UTF-8 without U+0000`);
    return '';
  }

  /** A text that names something: control characters, which a receiver may refuse (§1.5.4), have no place in it. */
  name(what: string): string {
    const start = this.at + 2;
    const text = this.text(what);
    if (this.fault === null && textKind(this.bytes, start, this.at) === 'control')
      this.fail('MQTT-1.5.4', `${what} holds a control character`);
    return text;
  }

  binary(what: string): Buffer {
    const length = this.u16(what);
    if (!this.has(length, what)) return EMPTY;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Bytes with a 32-bit length. */
  blob(what: string): Buffer {
    const length = this.u32(what);
    if (!this.has(length, what)) return EMPTY;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A packet identifier is never zero [MQTT-2.2.1-3]. */
  packetId(): number {
    const id = this.u16('packet identifier');
    if (id === 0) this.fail('MQTT-2.2.1-3', 'packet identifier is zero', ReasonCode.PROTOCOL_ERROR);
    return id;
  }

  rest(): Buffer {
    if (this.fault !== null) return EMPTY;
    const bytes = this.bytes.subarray(this.at, this.end);
    this.at = this.end;
    return bytes;
  }

  /** Nothing may follow the last field. */
  finish(what: string): void {
    if (this.remaining > 0) this.fail('MQTT-2.1.4', `${this.remaining} bytes follow the end of ${what}`);
  }

  private has(bytes: number, what: string): boolean {
    if (this.fault !== null) return false;
    if (this.at + bytes <= this.end) return true;
    this.fail('MQTT-2.1.4', `${what} is cut short`);
    return false;
  }
}

/** `control`: well-formed, with a control character (U+0001–U+001F, U+007F–U+009F) in it. */
export function textKind(bytes: Buffer, start: number, end: number): 'ascii' | 'utf8' | 'control' | 'null' | 'invalid' {
  let seen = 0;
  let control = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0) return 'null';
    if (byte < 0x20 || byte === 0x7f || (byte === 0xc2 && bytes[i + 1]! < 0xa0)) control = true;
    seen |= byte;
  }
  if (seen >= 0x80 && !isUtf8(bytes.subarray(start, end))) return 'invalid';
  return control ? 'control' : seen < 0x80 ? 'ascii' : 'utf8';
}
