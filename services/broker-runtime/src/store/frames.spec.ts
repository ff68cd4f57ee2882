import { describe, expect, it } from 'vitest';
import { seededRandom } from '../test-support/seeded-random.js';
import { FRAME_HEADER_BYTES, FrameScanner, sealFrame } from './frames.js';

const SALT = 0xabcdef01;
const FILE_BYTES = 16 * 1024;
const FIRST_AT = 24;

/** A file with three frames; the last one is 2,500 bytes long and starts within the 24 bytes before a sector's end. */
function file(payload: (i: number) => number): { bytes: Buffer; ends: number[] } {
  const bytes = Buffer.alloc(FILE_BYTES);
  const ends: number[] = [];
  let at = FIRST_AT;
  for (const length of [100, 888 - FRAME_HEADER_BYTES, 2_500]) {
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + length + 1);
    frame[FRAME_HEADER_BYTES] = 5;
    for (let i = 1; i < length; i++) frame[FRAME_HEADER_BYTES + i] = payload(i);
    sealFrame(frame, at, SALT, at);
    frame.copy(bytes, at);
    at += frame.length;
    ends.push(at);
  }
  return { bytes, ends };
}

/** How many frames are right, and what comes after them. */
function scan(bytes: Buffer): [number, ReturnType<FrameScanner['next']>] {
  const scanner = new FrameScanner(bytes, FIRST_AT, SALT);
  for (let right = 0; ; right++) {
    const next = scanner.next();
    if (next === null || typeof next === 'string') return [right, next];
  }
}

const PAYLOADS: [string, (i: number) => number][] = [
  ['zeros', () => 0],
  ['text', (i) => 97 + (i % 26)],
];

describe.each(PAYLOADS)('frames with a payload of %s', (_name, payload) => {
  const { bytes, ends } = file(payload);
  const [, lastAt = 0, lastEnd = 0] = ends;

  it('all frames of a whole file are read', () => expect(scan(bytes)).toEqual([3, null]));

  it('the last write torn at any byte leaves the frames before it', () => {
    for (let cut = lastAt; cut < lastEnd; cut++) {
      const torn = Buffer.from(bytes).fill(0, cut);
      expect(scan(torn), `cut at ${cut}`).toEqual([2, cut === lastAt ? null : 'torn']);
    }
  });

  it('the last write with any of its sectors missing leaves the frames before it', () => {
    const random = seededRandom(1);
    const edges = [lastAt];
    for (let at = Math.ceil((lastAt + 1) / 512) * 512; at < lastEnd; at += 512) edges.push(at);
    edges.push(lastEnd);
    for (let trial = 0; trial < 200; trial++) {
      const torn = Buffer.from(bytes);
      for (const [i, from] of edges.slice(0, -1).entries()) if (random() < 0.5) torn.fill(0, from, edges[i + 1]);
      const [right, after] = scan(torn);
      if (torn.equals(bytes)) expect([right, after]).toEqual([3, null]);
      else expect([right, after === 'torn' || after === null]).toEqual([2, true]);
    }
  });

  it('no flipped bit in any frame passes for a torn write, the last frame included', () => {
    const random = seededRandom(2);
    for (let trial = 0; trial < 2_000; trial++) {
      const at = FIRST_AT + Math.floor(random() * (lastEnd - FIRST_AT));
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << Math.floor(random() * 8);
      expect(scan(damaged)[1], `bit in byte ${at}`).toBe('damaged');
    }
  });

  it('a frame in the middle that is gone is damage, because the next one says it was synced', () => {
    for (const from of [ends[0]!, FIRST_AT]) expect(scan(Buffer.from(bytes).fill(0, from, lastAt))[1]).toBe('damaged');
  });

  it('a payload that is itself a frame passes for none: the salt is not known to clients', () => {
    const torn = Buffer.from(bytes);
    const forged = Buffer.alloc(FRAME_HEADER_BYTES + 2, 1);
    sealFrame(forged, 0, SALT + 1, FILE_BYTES);
    torn.fill(0, lastAt, lastAt + 600);
    forged.copy(torn, lastAt + 700);
    expect(scan(torn)).toEqual([2, 'torn']);
  });
});
