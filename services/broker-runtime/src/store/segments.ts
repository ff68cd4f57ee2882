/**
 * Segment files of the log: `<number>.log`, a header, then frames. A frame is one commit: magic, length, CRC-32, records.
 * A frame whose bytes end early is a commit that was cut short and never acknowledged; anything else that does not
 * check is damage, and nobody guesses around damage.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ByteReader } from '@rookery/mqtt-codec/byte-reader';
import { CorruptStoreError } from './errors.js';

const SEGMENT_MAGIC = Buffer.from('RKRYLOG1');
const SEGMENT_HEADER_BYTES = 16;
const FRAME_MAGIC = 0x524b4631;
export const FRAME_HEADER_BYTES = 12;

export interface Segment {
  number: number;
  path: string;
  bytes: number;
}

export function listSegments(folder: string): Segment[] {
  const names = readdirSync(folder).filter((name) => /^\d{10}\.log$/.test(name));
  return names.sort().map((name) => ({ number: Number.parseInt(name, 10), path: join(folder, name), bytes: 0 }));
}

export function createSegment(folder: string, number: number): Segment {
  const path = join(folder, `${String(number).padStart(10, '0')}.log`);
  const fd = openSync(path, 'w', 0o600);
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(header);
  header.writeUInt32LE(number, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  writeSync(fd, header);
  fsyncSync(fd);
  closeSync(fd);
  syncFolder(folder);
  return { number, path, bytes: SEGMENT_HEADER_BYTES };
}

/** Makes the names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

export function openForAppend(segment: Segment, synchronous: boolean): number {
  return openSync(segment.path, constants.O_RDWR | (synchronous ? constants.O_DSYNC : 0));
}

export function writeFrameHeader(frame: Buffer): void {
  frame.writeUInt32LE(FRAME_MAGIC, 0);
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES, 4);
  frame.writeUInt32LE(crc32(frame.subarray(FRAME_HEADER_BYTES)), 8);
}

/** Reads all frames of a segment and cuts off a torn end, which only the newest may have. Returns the number of valid bytes. */
export function readSegment(segment: Segment, newest: boolean, apply: (records: ByteReader) => void): number {
  const bytes = readFileSync(segment.path);
  const damaged = (at: number, what: string) => new CorruptStoreError(segment.path, at, what);
  if (bytes.length < SEGMENT_HEADER_BYTES && newest) return recreate(segment);
  if (
    !SEGMENT_MAGIC.equals(bytes.subarray(0, 8)) ||
    bytes.readUInt32LE(12) !== crc32(bytes.subarray(0, 12)) ||
    bytes.readUInt32LE(8) !== segment.number
  )
    throw damaged(0, 'the header of the segment is damaged');
  let at = SEGMENT_HEADER_BYTES;
  while (at < bytes.length) {
    const end = frameEnd(bytes, at);
    if (end === null || end === 'torn') {
      if (end === null || !newest) throw damaged(at, newest ? 'a commit is damaged' : 'a commit is cut short');
      truncate(segment, at);
      break;
    }
    const reader = new ByteReader(bytes, at + FRAME_HEADER_BYTES, end);
    while (reader.remaining > 0) apply(reader);
    if (reader.fault !== null) throw damaged(reader.at, `a record cannot be read: ${reader.fault.message}`);
    at = end;
  }
  return at;
}

function frameEnd(bytes: Buffer, at: number): number | 'torn' | null {
  const rest = bytes.subarray(at);
  // Blocks that a power cut left unwritten read as zeros.
  if (rest.every((byte) => byte === 0) || rest.length < FRAME_HEADER_BYTES) return 'torn';
  if (bytes.readUInt32LE(at) !== FRAME_MAGIC) return null;
  const end = at + FRAME_HEADER_BYTES + bytes.readUInt32LE(at + 4);
  if (end > bytes.length) return 'torn';
  if (crc32(bytes.subarray(at + FRAME_HEADER_BYTES, end)) === bytes.readUInt32LE(at + 8)) return end;
  const unwritten = end === bytes.length && bytes.subarray(Math.max(at + FRAME_HEADER_BYTES, end - 64), end).every((byte) => byte === 0);
  return unwritten ? 'torn' : null;
}

/** A segment whose creation was cut short holds nothing. */
function recreate(segment: Segment): number {
  createSegment(join(segment.path, '..'), segment.number);
  return SEGMENT_HEADER_BYTES;
}

function truncate(segment: Segment, at: number): void {
  const fd = openSync(segment.path, 'r+');
  if (fstatSync(fd).size > at) ftruncateSync(fd, at);
  fsyncSync(fd);
  closeSync(fd);
}
