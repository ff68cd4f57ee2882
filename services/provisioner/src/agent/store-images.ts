/**
 * A file system of its own for each tenant's data, in an image beside its folder: code that was taken over finds its disk
 * full, and nobody else does. Made only where an operator says so (ADR 12); an image that is there is used whatever is said.
 * A folder under a mount belongs to root, so that nothing is written where it would be hidden.
 */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@rookery/service-kit/errors';
import { syncEntries } from '@rookery/service-kit/files';
import { bytesAllowed, bytesTaken } from './disk-watch.js';

const run = promisify(execFile);
/** A store has a few dozen files. */
const FORMAT = ['-q', '-F', '-m', '0', '-N', '8192', '-E', 'lazy_itable_init=1,lazy_journal_init=1,nodiscard'];
/** What a tenant deletes is free on the disk of the machine again (`discard`). */
const MOUNT = ['-t', 'ext4', '-o', 'loop,nodev,nosuid,noexec,noatime,discard'];
const MIB = 2 ** 20;
const PROBE_BYTES = 64 * MIB;
/** A file system takes some of its image for itself. */
const MOVING_FACTOR = 1.25;

export class StoreImages {
  /** `making`: whether data that lies in a folder, or is not there yet, gets an image. */
  constructor(private readonly making: boolean) {}

  /** Throws where this machine cannot make and mount images in `home`; found out by doing it. */
  static probed(home: string): StoreImages {
    const folder = mkdtempSync(join(home, 'probe-image-'));
    const image = `${folder}.img`;
    try {
      for (const [file, args] of [
        ['truncate', ['--size', String(PROBE_BYTES), image]],
        ['mkfs.ext4', [...FORMAT, image]],
        ['mount', [...MOUNT, image, folder]],
        ['umount', [folder]],
      ] as const) {
        const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 30_000 });
        if (status !== 0)
          throw new Error(`ROOKERY_STORE_IMAGES=on needs root, e2fsprogs and loop devices: ${file}: ${error?.message ?? stderr.trim()}`);
      }
    } finally {
      for (const path of [folder, image]) rmSync(path, { recursive: true, force: true });
    }
    return new StoreImages(true);
  }

  /**
   * The folder is there and holds the tenant's data, with room for a store of that many bytes. Only what is not in use grows;
   * nothing shrinks: a bound that was lowered takes nothing away. Throws where an image is damaged.
   */
  async mount(folder: string, storeBytesMax: number): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const image = imageOf(folder);
    const bytes = Math.ceil(bytesAllowed(storeBytesMax) / MIB) * MIB;
    if (isMounted(folder) || !(this.making || existsSync(image))) return;
    if (!existsSync(image)) await make(image, folder, bytes);
    else await mend(image, bytes);
    // Left from before there was an image, which has it all.
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    chownSync(folder, 0, 0);
    chmodSync(folder, 0o700);
    await run('mount', [...MOUNT, image, folder]);
  }

  /** Throws where somebody still uses it. */
  async unmount(folder: string): Promise<void> {
    if (existsSync(folder) && isMounted(folder)) await run('umount', [folder]);
  }
}

/** Whole, with what lay in the folder, and on disk under its name; a crash before that leaves the folder as it was. */
async function make(image: string, folder: string, bytes: number): Promise<void> {
  const unfinished = `${image}.new`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'w', 0o600);
  try {
    // What is there already may be more than the plan allows by now.
    await file.truncate(Math.max(bytes, Math.ceil((await bytesTaken(folder, Infinity)) * MOVING_FACTOR)));
    await run('mkfs.ext4', [...FORMAT, ...((await readdir(folder)).length > 0 ? ['-d', folder] : []), unfinished]);
    await file.sync();
  } catch (error) {
    throw new Error(`an image for ${basename(dirname(folder))} cannot be made: ${messageOf(error)}`, { cause: error });
  } finally {
    await file.close();
  }
  await rename(unfinished, image);
  await syncEntries(dirname(image));
}

/** What a power cut left is put right, and too little room is made more, where nobody uses it. */
async function mend(image: string, bytes: number): Promise<void> {
  // At the level `unshare` others have a copy of all mounts of their start: then it is the same file system that is mounted again.
  const { stdout: devices } = await run('losetup', ['--associated', image]);
  if (devices !== '') return;
  const grows = (await bytesIn(image)) < bytes;
  // Exit code 1: it was mended.
  await run('e2fsck', ['-p', ...(grows ? ['-f'] : []), image]).catch((error: { code?: number; stdout?: string }) => {
    if (error.code !== 1) throw new Error(`${image} is damaged (e2fsck): ${error.stdout?.trim() ?? messageOf(error)}`, { cause: error });
  });
  if (grows) await run('resize2fs', [image, `${Math.ceil(bytes / 1024)}K`]);
}

/** Of the file system, as its superblock says: `s_blocks_count_lo`, `s_log_block_size` (ext4, Linux kernel documentation). */
async function bytesIn(image: string): Promise<number> {
  const file = await open(image, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(1024), 0, 1024, 1024);
    return buffer.readUInt32LE(4) * (1024 << buffer.readUInt32LE(24));
  } finally {
    await file.close();
  }
}

function imageOf(folder: string): string {
  return `${folder}.img`;
}

function isMounted(folder: string): boolean {
  return statSync(folder).dev !== statSync(dirname(folder)).dev;
}
