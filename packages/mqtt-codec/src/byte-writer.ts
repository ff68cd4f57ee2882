/** Texts up to this length are tried as ASCII: a call into the engine takes longer. */
const SHORT_TEXT = 48;

/** Writes fields of a packet into a buffer that grows. */
export class ByteWriter {
  length = 0;
  private bytes = Buffer.allocUnsafe(256);

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.reserve(2);
    const { bytes } = this;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    const { bytes } = this;
    bytes[this.length++] = value >> 24;
    bytes[this.length++] = value >> 16;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value;
  }

  varint(value: number): void {
    this.reserve(4);
    this.length = writeVarint(this.bytes, this.length, value);
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.ascii(value)) return;
    const size = Buffer.byteLength(value);
    this.size(size);
    this.reserve(size);
    this.length += this.bytes.write(value, this.length, 'utf8');
  }

  binary(value: Uint8Array): void {
    this.size(value.length);
    this.raw(value);
  }

  /** Bytes with a 32-bit length. */
  blob(value: Uint8Array): void {
    this.u32(value.length);
    this.raw(value);
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** Puts a variable byte integer in front of what was written since `at`. */
  insertVarint(at: number, value: number): void {
    const size = varintSize(value);
    this.reserve(size);
    this.bytes.copyWithin(at + size, at, this.length);
    writeVarint(this.bytes, at, value);
    this.length += size;
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** The length in front of a text or binary data. */
  private size(bytes: number): void {
    if (bytes > 0xffff) throw new RangeError(`${bytes} bytes do not fit into a field of a packet: 65,535 do`);
    this.u16(bytes);
  }

  /** False, with nothing written, for a text that needs more than ASCII. */
  private ascii(value: string): boolean {
    const { length } = value;
    this.reserve(2 + length);
    const { bytes } = this;
    let at = this.length + 2;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[at++] = unit;
    }
    bytes[this.length] = 0;
    bytes[this.length + 1] = length;
    this.length = at;
    return true;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

export function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
}

/** Returns the position behind the integer. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    into[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}
