import { expect, it } from 'vitest';
import { fuzz } from '../test-support/fuzzer.js';

it.each([1, 2, Date.now() % 1_000_000])('mutated sessions of several clients at once hurt nobody else (seed %d)', async (seed) => {
  expect((await fuzz(seed, 2)).rounds).toBeGreaterThan(10);
});
