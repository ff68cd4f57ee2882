import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { joined } from '@rookery/service-kit/test-support/joined';
import { expect, it } from 'vitest';
import { gzipped } from './ndjson.js';

it('text that nobody takes is not read: a slow place holds the reading up, and leaves memory alone', async () => {
  let read = 0;
  async function* text() {
    for (; read < 1_000; read++) yield randomBytes(64_000).toString('base64');
  }
  const chunks = gzipped(text())[Symbol.asyncIterator]();
  await chunks.next();
  await new Promise((wake) => setTimeout(wake, 100));
  expect(read).toBeLessThan(10);
  await chunks.return!();
});

it('text comes back as it was, and what breaks in it breaks the result', async () => {
  async function* text(breaks: boolean) {
    yield 'one\n';
    if (breaks) throw new Error('the source broke');
    yield 'two\n';
  }
  expect(gunzipSync(await joined(gzipped(text(false)))).toString()).toBe('one\ntwo\n');
  await expect(joined(gzipped(text(true)))).rejects.toThrow('the source broke');
});
