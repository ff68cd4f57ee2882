/** Objects in a folder: a key is the path of a file below it. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { syncEntries } from './files.js';
import type { ObjectStore } from './object-store.js';

export class FolderStore implements ObjectStore {
  constructor(private readonly folder: string) {}

  async put(key: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const file = this.fileOf(key);
    const half = `${file}.half-${randomUUID()}`;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(half, 'wx', 0o600);
    try {
      try {
        for await (const chunk of chunks) await handle.writeFile(chunk);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(half, file);
    } catch (error) {
      await rm(half, { force: true });
      throw error;
    }
    await syncEntries(dirname(file));
  }

  async get(key: string): Promise<Readable | null> {
    const stream = createReadStream(this.fileOf(key));
    return new Promise((found, fail) => {
      stream.once('open', () => found(stream));
      stream.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? found(null) : fail(error)));
    });
  }

  async remove(key: string): Promise<void> {
    const file = this.fileOf(key);
    await rm(file, { force: true });
    // Folders that hold nothing any more go too; one that does refuses.
    for (let folder = dirname(file); folder !== resolve(this.folder); folder = dirname(folder)) if (!(await removeEmpty(folder))) return;
  }

  /** Also what somebody who died has left half written, for whoever empties the folder. */
  async list(prefix: string): Promise<string[]> {
    const entries = await readdir(this.fileOf(prefix), { withFileTypes: true, recursive: true }).catch(nothingThere);
    return entries.filter((entry) => entry.isFile()).map((entry) => this.keyOf(join(entry.parentPath, entry.name)));
  }

  private keyOf(file: string): string {
    return relative(resolve(this.folder), file).split(sep).join('/');
  }

  private fileOf(key: string): string {
    const file = resolve(this.folder, key);
    if (!file.startsWith(resolve(this.folder) + sep)) throw new Error(`${key} is no key of this folder`);
    return file;
  }
}

async function removeEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

function nothingThere(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
