/**
 * What runtimes take of the disk. A broker keeps to its plan by itself; one that was taken over would not, so the machine
 * looks: every second whether the disk got fuller, and who did it only then. Whoever has more than a store of its plan can
 * need is stopped. It stays so until somebody wants something else of it; what it has written stays too.
 */
import { readdir, stat, statfs, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@rookery/service-kit/log';

const LOOK_MS = 1_000;
/** Everybody is looked at that often, whatever the disk says. */
const LOOKS_BETWEEN = 30;
const MIB = 2 ** 20;
/** The log of a store is rewritten into a copy of itself. */
const STORE_COPIES = 2;
/** Segments under way, and what folders take. */
const SLACK_BYTES = 64 * MIB;
const GROWTH_BYTES = 32 * MIB;
/** A store has a few dozen. */
const FILES_MAX = 4_096;
const LOG_BYTES_MAX = 16 * MIB;

export interface OnDisk {
  id: string;
  storeBytesMax: number;
  /** Of the tenant's data. */
  dataFolder: string;
  /** What the runtime prints; it may be cut off. */
  logFile: string;
}

/** The largest file that a broker of any plan can need: a segment with one packet, which has 256 MiB at most. Containers: in their module. */
export const FILE_BYTES_MAX = 320 * MIB;

/** What a store of that many bytes may take of the disk, with all that a broker does to it. */
export function bytesAllowed(storeBytesMax: number): number {
  return STORE_COPIES * storeBytesMax + SLACK_BYTES;
}

export class DiskWatch {
  /** What each had when it was last within its bound, or was seen first: a bound that was lowered makes nobody a culprit. */
  private readonly allowed = new Map<string, number>();
  private freeBytes = Infinity;
  private looks = 0;
  private looking = false;

  constructor(
    private readonly home: string,
    /** Those that run. */
    private readonly running: () => Iterable<OnDisk>,
    private readonly onFull: (id: string) => void,
    private readonly log: Logger,
  ) {
    setInterval(() => void this.lookIfGrown(), LOOK_MS).unref();
  }

  forget(id: string): void {
    this.allowed.delete(id);
  }

  /** Looks at everybody now. */
  async look(): Promise<void> {
    for (const { id, storeBytesMax, dataFolder, logFile } of this.running()) {
      const bytesMax = Math.max(STORE_COPIES * storeBytesMax, this.allowed.get(id) ?? Infinity);
      const bytes = await bytesTaken(dataFolder, bytesMax + SLACK_BYTES);
      // Files without number are nobody's store, also where they are seen first.
      if (bytes === Infinity || bytes > bytesMax + SLACK_BYTES) {
        this.log.error({ deploymentId: id, bytes, bytesMax }, 'a runtime has filled more of the disk than its plan allows; it is stopped');
        this.onFull(id);
      } else if (!this.allowed.has(id) || bytes <= STORE_COPIES * storeBytesMax) this.allowed.set(id, bytes);
      if ((await sizeOf(logFile)) > LOG_BYTES_MAX) await truncate(logFile, 0).catch(() => {});
    }
  }

  private async lookIfGrown(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const { bavail, bsize } = await statfs(this.home);
      const freeBytes = bavail * bsize;
      const quiet = this.freeBytes - freeBytes < GROWTH_BYTES && [...this.running()].every(({ id }) => this.allowed.has(id));
      if (quiet && ++this.looks % LOOKS_BETWEEN !== 0) {
        // What became free in between is no reason to let the same be taken again unseen.
        this.freeBytes = Math.max(this.freeBytes, freeBytes);
        return;
      }
      this.freeBytes = freeBytes;
      await this.look();
    } catch (error) {
      this.log.warn({ err: error }, 'the disk could not be looked at');
    } finally {
      this.looking = false;
    }
  }
}

/** What the folder takes in bytes; more than `bytesMax` as soon as that is certain, or where it has more files than anybody needs. */
export async function bytesTaken(folder: string, bytesMax: number): Promise<number> {
  let [bytes, files] = [0, 0];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const path = next;
    // What is gone meanwhile takes nothing.
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    if ((files += entries.length) > FILES_MAX) return Infinity;
    folders.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name)));
    for (const entry of entries.filter((each) => each.isFile())) bytes += await sizeOf(join(path, entry.name));
    if (bytes > bytesMax) return bytes;
  }
  return bytes;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  );
}
