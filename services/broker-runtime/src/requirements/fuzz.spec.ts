import { expect, it } from 'vitest';
import { fuzz } from '../test-support/fuzzer.js';

it('mutated sessions of several clients at once hurt nobody else and leave nothing behind (30 s of it: npm run test:long -- fuzz)', async () => {
  expect((await fuzz(1, 2)).rounds).toBeGreaterThan(10);
}, 30_000);
