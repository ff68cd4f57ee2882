/**
 * What a power cut leaves of a folder. The shim (power-cut.c) has kept a journal of every call; here it is read, and the
 * folder is put into one of the states that the calls allow:
 *
 * - what a write with O_DSYNC, or a sync that came after it, has promised is there;
 * - a write that had not ended is torn: a part of its bytes, or some of its 512-byte sectors, is there;
 * - a write that had ended and was not synced lay in memory as a whole: it is there, or some of its sectors, or nothing;
 * - of creations, renames and removals that no sync of the folder has covered, a first part is done.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { type FolderState, JournalReader, put, type Write } from './power-cut-journal.ts';

const SECTOR_BYTES = 512;
const LATENCY_US = 1_500;
/** How often a write that was not synced is gone altogether; else it is there, whole or in part. */
const GONE = 0.7;

export class PowerCut {
  /** Writes that a cut has torn, and those that it took away. */
  torn = 0;
  dropped = 0;
  private readonly work = mkdtempSync(join(tmpdir(), 'rk-cut-'));
  private readonly library = join(this.work, 'power-cut.so');
  private readonly journal = join(this.work, 'journal');
  private before: FolderState = new Map();
  private readonly random: () => number;
  /** False: the control run, in which no sync does anything, and everything is gone. */
  private readonly syncs: boolean;

  constructor(random: () => number, syncs: boolean) {
    this.random = random;
    this.syncs = syncs;
    const source = inRoot('e2e/long/broker/power-cut.c');
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', this.library, source, '-ldl']);
  }

  /** Environment for a process whose folder will be cut; called right before it starts. */
  envFor(folder: string): NodeJS.ProcessEnv {
    // Empty: one that dies before its first write has changed nothing.
    writeFileSync(this.journal, '');
    this.before = readFolder(folder);
    return {
      LD_PRELOAD: this.library,
      UV_USE_IO_URING: '0',
      POWER_CUT_FOLDER: folder,
      POWER_CUT_JOURNAL: this.journal,
      POWER_CUT_SYNC: this.syncs ? 'on' : 'off',
      POWER_CUT_LATENCY_US: String(LATENCY_US),
    };
  }

  /** The process is dead; what was not on the disk goes. */
  cut(folder: string): void {
    const reader = new JournalReader(folder, this.before);
    reader.read(readFileSync(this.journal));
    const names = reader.namesAfter(this.syncs ? Math.floor(this.random() * (reader.openFolderChanges + 1)) : 0);
    for (const name of readdirSync(folder)) if (!name.startsWith('lock.db')) rmSync(join(folder, name));
    for (const [name, file] of names) {
      let { bytes } = file;
      for (const change of file.open) bytes = change.kind === 'write' ? this.fate(bytes, change) : bytes;
      writeFileSync(join(folder, name), bytes, { mode: 0o600 });
    }
  }

  remove(): void {
    rmSync(this.work, { recursive: true, force: true });
  }

  private fate(bytes: Buffer, write: Write): Buffer {
    if (!this.syncs || (write.ended && this.random() < GONE)) {
      this.dropped++;
      return bytes;
    }
    this.torn++;
    const kind = this.random();
    if (write.ended) return kind < 0.3 ? put(bytes, write.offset, write.data) : this.someSectors(bytes, write);
    if (kind < 0.65) return put(bytes, write.offset, write.data.subarray(0, Math.floor(this.random() * (write.data.length + 1))));
    return this.someSectors(bytes, write);
  }

  /** The disk has its own order: any of the sectors may be written when the power goes. */
  private someSectors(bytes: Buffer, { offset, data }: Write): Buffer {
    let after = bytes;
    for (let from = 0; from < data.length; ) {
      const to = Math.min(data.length, from + SECTOR_BYTES - ((offset + from) % SECTOR_BYTES));
      if (this.random() < 0.5) after = put(after, offset + from, data.subarray(from, to));
      from = to;
    }
    return after;
  }
}

function readFolder(folder: string): FolderState {
  const files: FolderState = new Map();
  for (const name of readdirSync(folder)) {
    if (name.startsWith('lock.db')) continue;
    const path = join(folder, name);
    files.set(name, { inode: BigInt(statSync(path).ino), bytes: readFileSync(path) });
  }
  return files;
}
