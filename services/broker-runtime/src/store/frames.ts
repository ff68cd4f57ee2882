/**
 * Frames of the log: one per commit. Header, little endian: magic u32, bytes of records u32, zero sectors u32, offset up
 * to which the segment was synced when the frame was written u32, CRC-32 of the records u32, CRC-32 of the header before
 * it u32. Then the records, then one byte that is not zero. All checksums begin with the segment's salt.
 *
 * After a power cut the last frame may be there in part: disks write sectors of 512 bytes, in any order, and what was not
 * written reads as zeros. A bit that flipped does not make a sector zero. So a frame that does not check is *torn*, and
 * was never acknowledged, when it has more zero sectors than it was written with, or ends in zeros, and nothing behind it
 * claims that it was synced. Everything else is *damage*, and nobody guesses around damage.
 */
import { crc32 } from 'node:zlib';

const FRAME_MAGIC = 0x524b4632;
const FRAME_MAGIC_BYTES = Buffer.from([0x32, 0x46, 0x4b, 0x52]);
export const FRAME_HEADER_BYTES = 24;
/** Ends a frame; written over zeros, so that a frame whose last byte is zero was not written to its end. */
const FRAME_END = 0xa5;
const SECTOR_BYTES = 512;
const ZEROS = Buffer.alloc(64 * 1024);

/**
 * Completes a frame whose records begin behind room for the header and which ends with one byte for the end mark. `at`:
 * where it will stand in its segment; `syncedTo`: everything of the segment before is on the disk.
 */
export function sealFrame(frame: Buffer, at: number, salt: number, syncedTo: number): void {
  const records = frame.subarray(FRAME_HEADER_BYTES, frame.length - 1);
  frame[frame.length - 1] = FRAME_END;
  frame.writeUInt32LE(FRAME_MAGIC, 0);
  frame.writeUInt32LE(records.length, 4);
  frame.writeUInt32LE(syncedTo, 12);
  frame.writeUInt32LE(crc32(records, salt), 16);
  // Sectors of the header are never all zeros, so they can be counted before its fields are complete.
  frame.writeUInt32LE(zeroSectors(frame, 0, frame.length, at), 8);
  frame.writeUInt32LE(crc32(frame.subarray(0, 20), salt), 20);
}

/** Reads the frames of one segment, one after the other. */
export class FrameScanner {
  constructor(
    private readonly bytes: Buffer,
    /** Behind the last frame that was right. */
    public at: number,
    private readonly salt: number,
  ) {}

  /** Where the records of the next frame are; null behind the last frame. */
  next(): { start: number; end: number } | 'torn' | 'damaged' | null {
    const { bytes, at } = this;
    if (isZero(bytes, at, bytes.length)) return null;
    if (!this.hasHeader(at)) return this.judge(this.isHeaderTorn(at));
    const start = at + FRAME_HEADER_BYTES;
    const end = start + bytes.readUInt32LE(at + 4);
    if (end >= bytes.length) return 'damaged';
    if (bytes[end] === FRAME_END && crc32(bytes.subarray(start, end), this.salt) === bytes.readUInt32LE(at + 16)) {
      this.at = end + 1;
      return { start, end };
    }
    return this.judge(bytes[end] === 0 || zeroSectors(bytes, at, end + 1, 0) > bytes.readUInt32LE(at + 8));
  }

  /** A frame that looks torn is damaged all the same when a later one was written knowing that it was synced. */
  private judge(looksTorn: boolean): 'torn' | 'damaged' {
    const { bytes, at } = this;
    if (!looksTorn) return 'damaged';
    for (let found = bytes.indexOf(FRAME_MAGIC_BYTES, at + 1); found !== -1; found = bytes.indexOf(FRAME_MAGIC_BYTES, found + 1))
      if (this.hasHeader(found) && bytes.readUInt32LE(found + 12) > at) return 'damaged';
    return 'torn';
  }

  private hasHeader(at: number): boolean {
    const { bytes } = this;
    if (at + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== FRAME_MAGIC) return false;
    return crc32(bytes.subarray(at, at + 20), this.salt) === bytes.readUInt32LE(at + 20);
  }

  /** One of the sectors it lies in was not written, or writing ended within it. */
  private isHeaderTorn(at: number): boolean {
    const { bytes } = this;
    const end = Math.min(at + FRAME_HEADER_BYTES, bytes.length);
    return zeroSectors(bytes, at, end, 0) > 0 || isZero(bytes, end, bytes.length);
  }
}

/** How many of the sectors that bytes[from, to) lies in are all zeros there. `shift`: position of bytes[0] in the file. */
function zeroSectors(bytes: Buffer, from: number, to: number, shift: number): number {
  let count = 0;
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + SECTOR_BYTES - ((at + shift) % SECTOR_BYTES));
    if (bytes[at] === 0 && bytes[end - 1] === 0 && bytes[(at + end) >> 1] === 0 && isZero(bytes, at, end)) count++;
    at = end;
  }
  return count;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += ZEROS.length) {
    const end = Math.min(to, at + ZEROS.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}
