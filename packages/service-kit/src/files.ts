/** Files that must be there whole after any crash. */
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whole or not at all, and on disk when it returns: a temporary file, synced, renamed, the folder synced. Mode 0600. */
export function writeDurably(file: string, bytes: Buffer | string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    for (let at = 0; at < data.length; ) at += writeSync(fd, data, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
  syncFolder(folder);
}

/**
 * Several files of one folder that is there, in this order: each whole or not at all, and all on disk when it resolves. The
 * folder is synced once. Many at a time share what the disk does.
 */
export async function writeTogether(folder: string, files: readonly { name: string; bytes: Buffer | string }[]): Promise<void> {
  for (const { name, bytes } of files) {
    const file = join(folder, name);
    const temporary = await open(`${file}.new`, 'w', 0o600);
    try {
      await temporary.writeFile(bytes);
      await temporary.sync();
    } finally {
      await temporary.close();
    }
    await rename(`${file}.new`, file);
  }
  await syncEntries(folder);
}

/** What was made, renamed or removed in a folder is on disk when it resolves. */
export async function syncEntries(folder: string): Promise<void> {
  const entries = await open(folder, 'r');
  await entries.sync().finally(() => entries.close());
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
