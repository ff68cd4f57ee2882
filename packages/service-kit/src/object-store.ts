/**
 * Objects that are too large to hold in memory: written once as a stream, there whole or not at all, read as a stream. In a
 * folder (folder-store.ts) or in a bucket (aws/s3.ts); one suite checks both.
 */
import type { Readable } from 'node:stream';

export interface ObjectStore {
  /** Replaces what is there. When it rejects, nothing has changed. */
  put(key: string, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** To be read to its end or destroyed. Null: there is none. */
  get(key: string): Promise<Readable | null>;
  /** What is not there is removed already. */
  remove(key: string): Promise<void>;
  /** Keys that begin with `prefix`, which ends with a slash. */
  list(prefix: string): Promise<string[]>;
}
