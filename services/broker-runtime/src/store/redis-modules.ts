/**
 * The two packages of the aedes project that share state over Redis, and nothing of ours: a bundle of its own, loaded only
 * with STORE_URL=redis:, so that no other broker pays for it.
 */
import type { RedisEmitter, RedisOptions, RedisPersistence } from './redis-contracts.js';
// @ts-expect-error -- has no type declarations
import AsyncPersistence from 'aedes-persistence-redis/asyncPersistence.js';
import createEmitter from 'mqemitter-redis';

export function redisEmitter(options: RedisOptions): RedisEmitter {
  return createEmitter({ ...options }) as unknown as RedisEmitter;
}

export function redisPersistence(options: RedisOptions): RedisPersistence {
  return new (AsyncPersistence as new (given: object) => RedisPersistence)({ ...options });
}
