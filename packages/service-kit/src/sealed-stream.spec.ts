import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newStreamKey, openStream, sealStream } from './sealed-stream.js';
import { joined } from './test-support/joined.js';

const PIECE = 64 * 1024 + 16;
const key = newStreamKey();

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const sealed = (plain: Buffer, size = 10_000) => joined(sealStream(key, inChunks(plain, size)));
const opened = (bytes: Buffer, size = 7_777, by = key) => joined(openStream(by, inChunks(bytes, size)));

describe('a sealed stream', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 300_000])('of %i bytes comes back as it was, however it is cut into chunks', async (length) => {
    const plain = randomBytes(length);
    for (const size of [1_000, 65_536, 1_000_000]) {
      const bytes = await sealed(plain, size);
      expect(bytes.length).toBe(length + 16 * Math.max(1, Math.ceil(length / 65_536)));
      expect((await opened(bytes, size)).equals(plain)).toBe(true);
    }
  });

  it('that was cut off, changed, put in another order or sealed by another key is not taken for a whole one', async () => {
    const bytes = await sealed(randomBytes(200_000));
    const [first, second, rest] = [bytes.subarray(0, PIECE), bytes.subarray(PIECE, 2 * PIECE), bytes.subarray(2 * PIECE)];
    const changed = Buffer.from(bytes);
    changed[100]! ^= 1;
    for (const wrong of [Buffer.alloc(0), first, bytes.subarray(0, 2 * PIECE), bytes.subarray(0, -1), changed])
      await expect(opened(wrong)).rejects.toThrow();
    await expect(opened(Buffer.concat([second, first, rest]))).rejects.toThrow();
    await expect(opened(Buffer.concat([first, rest]))).rejects.toThrow();
    await expect(opened(bytes, 7_777, newStreamKey())).rejects.toThrow();
  });
});
