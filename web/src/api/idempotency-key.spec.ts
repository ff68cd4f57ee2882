import { expect, it } from 'vitest';
import { newIdempotencyKey } from './idempotency-key';

it('is never the same twice', () => {
  const keys = new Set(Array.from({ length: 1_000 }, newIdempotencyKey));
  expect(keys.size).toBe(1_000);
  expect([...keys][0]).toMatch(/^[0-9a-f]{32}$/);
});
