/** STORE_URL: where the state of a broker lives. `file:` is the folder of `--data`; `redis:` is shared by several brokers. */
import { fileURLToPath } from 'node:url';
import { UsageError } from '../usage-error.js';
import { StoreUnsupportedError } from './errors.js';
import type { RedisOptions } from './redis-contracts.js';

export type StorePlace = { kind: 'folder'; folder: string } | { kind: 'redis'; options: RedisOptions };

/** @throws UsageError for a URL that cannot be read; StoreUnsupportedError for a kind of store that there is not. */
export function readStoreUrl(text: string): StorePlace {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`STORE_URL ${text} is no URL. Give file:///folder or redis://host:port.`);
  }
  if (url.protocol === 'file:') return { kind: 'folder', folder: fileURLToPath(url) };
  if (url.protocol === 'redis:' || url.protocol === 'rediss:') return { kind: 'redis', options: redisOptions(url) };
  throw new StoreUnsupportedError(`there is no store of the kind ${url.protocol} Give file:///folder or redis://host:port.`);
}

function redisOptions({ protocol, hostname, port, username, password, pathname }: URL): RedisOptions {
  const database = pathname.slice(1);
  if (!/^\d*$/.test(database)) throw new UsageError(`STORE_URL: ${database} is no number of a Redis database.`);
  return {
    host: hostname || '127.0.0.1',
    port: port === '' ? 6379 : Number(port),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(database !== '' && { db: Number(database) }),
    ...(protocol === 'rediss:' && { tls: {} }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
  };
}
