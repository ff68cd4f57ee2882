/**
 * One broker per data folder. SQLite's lock is a POSIX file lock: the kernel frees it with the process, however that
 * ends, and it holds across containers and namespaces, where a pid file does not.
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { StoreLockedError } from './errors.js';

export interface Fence {
  release(): void;
}

export async function fence(folder: string): Promise<Fence> {
  const { DatabaseSync } = await import('node:sqlite');
  const path = join(folder, 'lock.db');
  const database = new DatabaseSync(path);
  chmodSync(path, 0o600);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(String(error))) throw new StoreLockedError(folder);
    throw error;
  }
  return { release: () => database.close() };
}
