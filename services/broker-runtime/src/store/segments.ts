/**
 * Segment files of the log: `<number>.log`, as long from the beginning as they will ever be, zeros behind the last frame
 * (a file with a hole: only what was written takes space). So a file that is shorter was cut by somebody, not by a crash.
 *
 * Segment header, little endian: magic (8 bytes), number u32, length of the file u32, salt u32, CRC-32 of those u32.
 * Frames follow; see frames.ts. A segment is made under another name and renamed once it is on the disk.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ByteReader } from '@rookery/mqtt-codec/byte-reader';
import { CorruptStoreError } from './errors.js';
import { FrameScanner } from './frames.js';

const SEGMENT_MAGIC = Buffer.from('RKRYLOG2');
export const SEGMENT_HEADER_BYTES = 24;

export interface Segment {
  number: number;
  path: string;
  /** Bytes in use: header and frames. */
  bytes: number;
  /** Length of the file, bytes. */
  length: number;
  /** What the checksums of its frames begin with, so that no client can send a payload that passes for a frame. */
  salt: number;
}

/** Segments by number, oldest first. Throws {@link CorruptStoreError} when one between two others is missing. */
export function listSegments(folder: string): Segment[] {
  const found = readdirSync(folder)
    .filter((name) => /^\d{10}\.log$/.test(name))
    .sort();
  const segments = found.map((name) => ({ number: Number.parseInt(name, 10), path: join(folder, name), bytes: 0, length: 0, salt: 0 }));
  for (const [i, { number, path }] of segments.entries())
    if (i > 0 && number !== segments[i - 1]!.number + 1) throw new CorruptStoreError(path, 0, 'the file before this one is missing');
  return segments;
}

/** Removes what is left of a creation that was cut short. Not before all has been read: a start that is refused changes nothing. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) if (/^\d{10}\.new$/.test(name)) rmSync(join(folder, name));
}

/** A new, empty segment that is on the disk under its name. `length`: bytes of the file. */
export function createSegment(folder: string, number: number, length: number): Segment {
  const name = join(folder, String(number).padStart(10, '0'));
  const salt = randomBytes(4).readUInt32LE(0);
  const fd = openSync(`${name}.new`, 'w', 0o600);
  try {
    ftruncateSync(fd, length);
    writeSync(fd, segmentHeader(number, length, salt));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${name}.new`, `${name}.log`);
  syncFolder(folder);
  return { number, path: `${name}.log`, bytes: SEGMENT_HEADER_BYTES, length, salt };
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

/**
 * Applies all frames of a segment and fills in its fields. Only the newest may end in a commit that was cut short; that
 * is overwritten with zeros. Throws {@link CorruptStoreError} for everything else that does not check.
 */
export function readSegment(segment: Segment, newest: boolean, apply: (records: ByteReader) => void): void {
  const bytes = readFileSync(segment.path);
  const damaged = (at: number, what: string) => new CorruptStoreError(segment.path, at, what);
  readHeader(segment, bytes, damaged);
  const scanner = new FrameScanner(bytes, SEGMENT_HEADER_BYTES, segment.salt);
  for (let frame = scanner.next(); frame !== null; frame = scanner.next()) {
    if (frame === 'torn' && newest) {
      clearFrom(segment, scanner.at);
      break;
    }
    if (frame === 'torn' || frame === 'damaged')
      throw damaged(scanner.at, frame === 'torn' ? 'a commit is cut short' : 'a commit is damaged');
    const reader = new ByteReader(bytes, frame.start, frame.end);
    while (reader.remaining > 0) apply(reader);
    if (reader.fault !== null) throw damaged(reader.at, `a record cannot be read: ${reader.fault.message}`);
  }
  segment.bytes = scanner.at;
}

/** What the last process wrote may be in the page cache only; everything that is built on it must not outlive it. */
export function syncSegment(segment: Segment): void {
  const fd = openSync(segment.path, 'r+');
  fdatasyncSync(fd);
  closeSync(fd);
}

function segmentHeader(number: number, length: number, salt: number): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(header);
  header.writeUInt32LE(number, 8);
  header.writeUInt32LE(length, 12);
  header.writeUInt32LE(salt, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
  return header;
}

function readHeader(segment: Segment, bytes: Buffer, damaged: (at: number, what: string) => CorruptStoreError): void {
  if (bytes.length < SEGMENT_HEADER_BYTES) throw damaged(bytes.length, 'the file is cut short');
  segment.length = bytes.readUInt32LE(12);
  segment.salt = bytes.readUInt32LE(16);
  if (!segmentHeader(segment.number, segment.length, segment.salt).equals(bytes.subarray(0, SEGMENT_HEADER_BYTES)))
    throw damaged(0, 'the header of the segment is damaged');
  if (bytes.length !== segment.length) throw damaged(bytes.length, `the file has ${bytes.length} bytes instead of ${segment.length}`);
}

function clearFrom({ path, length }: Segment, at: number): void {
  const fd = openSync(path, 'r+');
  ftruncateSync(fd, at);
  ftruncateSync(fd, length);
  fsyncSync(fd);
  closeSync(fd);
}
