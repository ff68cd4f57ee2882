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

it('an arena that was full before its turn was over is used again after the turn, and after its last write has ended', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  const early = pool.arena.subarray(0, 8);
  pool.pin(early);
  pool.replace(8);
  const second = pool.arena;
  // The rest of the turn may still send from the first one: its end of a write is not its end.
  pool.release(early);
  pool.replace(8);
  expect(pool.arena.buffer).not.toBe(early.buffer);
  const late = early.subarray(4);
  pool.pin(late);
  pool.turn();
  pool.replace(8);
  expect(pool.arena.buffer).toBe(second.buffer);
  pool.release(late);
  pool.replace(8);
  expect(pool.arena.buffer).toBe(early.buffer);
});

it('bytes larger than an arena get one of their own, once', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  pool.replace(4 * ARENA_BYTES);
  const large = pool.arena;
  expect(large.length).toBe(4 * ARENA_BYTES);
  pool.pin(large);
  pool.turn();
  pool.release(large);
  pool.replace(8);
  pool.replace(8);
  pool.turn();
  expect(pool.arena.buffer).not.toBe(large.buffer);
  expect(pool.arena.length).toBe(ARENA_BYTES);
});

it('a write that ends within its turn leaves the arena in use', () => {
  const pool = new ArenaPool(ARENA_BYTES, ARENA_BYTES);
  const first = pool.arena;
  pool.pin(first.subarray(0, 8));
  pool.release(first.subarray(0, 8));
  pool.turn();
  expect(pool.arena).toBe(first);
});
