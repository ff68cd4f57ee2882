import { expect, it } from 'vitest';
import { ArenaPool } from './arena-pool.js';

const ARENA_BYTES = 1_024;

it('an arena is filled again at once when nothing is under way, and not before its last write has ended otherwise', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  const first = pool.arena;
  pool.turn();
  expect(pool.arena).toBe(first);
  const [a, b] = [first.subarray(0, 8), first.subarray(8, 16)];
  pool.pin(a);
  pool.pin(b);
  pool.turn();
  expect(pool.arena.buffer).not.toBe(first.buffer);
  pool.release(a);
  pool.pin(pool.arena.subarray(0, 8));
  pool.turn();
  expect(pool.arena.buffer).not.toBe(first.buffer);
  pool.release(b);
  pool.pin(pool.arena.subarray(0, 8));
  pool.turn();
  expect(pool.arena.buffer).toBe(first.buffer);
});

it('an arena that was replaced before its turn was over is never used again: others may still send from it', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  const early = pool.arena.subarray(0, 8);
  pool.pin(early);
  pool.replace(4_096);
  expect(pool.arena.length).toBe(4_096);
  pool.release(early);
  pool.pin(pool.arena.subarray(0, 8));
  pool.turn();
  expect(pool.arena.buffer).not.toBe(early.buffer);
});

it('a write that ends within its turn leaves the arena in use', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  const first = pool.arena;
  pool.pin(first.subarray(0, 8));
  pool.release(first.subarray(0, 8));
  pool.turn();
  expect(pool.arena).toBe(first);
});
