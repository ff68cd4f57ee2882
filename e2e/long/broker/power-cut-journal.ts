/** Reads the journal of the shim: what of a folder is on the disk for sure, and what is only on its way. */
import { basename } from 'node:path';

const HEADER_BYTES = 40;
const Kind = {
  CREATE: 1,
  WRITE_BEGIN: 2,
  WRITE_END: 3,
  SYNC_BEGIN: 4,
  SYNC_END: 5,
  FOLDER_SYNC: 6,
  TRUNCATE: 7,
  RENAME: 8,
  UNLINK: 9,
} as const;

/** Files of a folder before the program started, by name. */
export type FolderState = Map<string, { inode: bigint; bytes: Buffer }>;

export interface Write {
  kind: 'write';
  offset: number;
  data: Buffer;
  /** Whether the call has returned. */
  ended: boolean;
  /** Whether the file was opened with O_DSYNC or O_SYNC. */
  durable: boolean;
}

type Change = Write | { kind: 'truncate'; length: number };

export interface CutFile {
  /** What the disk has for sure. */
  bytes: Buffer;
  /** In the order of the calls. */
  open: Change[];
}

type Names = Map<string, CutFile>;
type FolderChange = (names: Names) => void;

interface Entry {
  kind: number;
  durable: boolean;
  path: string;
  second: string;
  operation: bigint;
  inode: bigint;
  offset: number;
  data: Buffer;
}

export class JournalReader {
  private readonly names: Names = new Map();
  private readonly byInode = new Map<bigint, CutFile>();
  private readonly writes = new Map<bigint, { write: Write; file: CutFile }>();
  /** What each sync that has begun will cover. */
  private readonly syncs = new Map<bigint, { file: CutFile | undefined; changes: Change[]; folderChanges: number }>();
  private readonly folderChanges: FolderChange[] = [];
  /** How many of them were made durable. */
  private folderDone = 0;
  private readonly folder: string;

  constructor(folder: string, before: FolderState) {
    this.folder = folder;
    for (const [name, { inode, bytes }] of before) {
      const file: CutFile = { bytes, open: [] };
      this.names.set(name, file);
      this.byInode.set(inode, file);
    }
  }

  get openFolderChanges(): number {
    return this.folderChanges.length - this.folderDone;
  }

  /** The folder with the first `count` of its open changes done. */
  namesAfter(count: number): Names {
    const names = new Map(this.names);
    for (const change of this.folderChanges.slice(0, this.folderDone + count)) change(names);
    return names;
  }

  read(journal: Buffer): void {
    for (let at = 0; at + HEADER_BYTES <= journal.length; ) {
      const pathEnd = at + HEADER_BYTES + journal.readUInt16LE(at + 2);
      const secondEnd = pathEnd + journal.readUInt16LE(at + 4);
      const end = secondEnd + Number(journal.readBigUInt64LE(at + 32));
      // The last entry was cut short with the program: its call was never made.
      if (end > journal.length) return;
      this.take({
        kind: journal[at]!,
        durable: journal[at + 1] === 1,
        path: journal.toString('utf8', at + HEADER_BYTES, pathEnd),
        second: journal.toString('utf8', pathEnd, secondEnd),
        operation: journal.readBigUInt64LE(at + 8),
        inode: journal.readBigUInt64LE(at + 16),
        offset: Number(BigInt.asIntN(64, journal.readBigUInt64LE(at + 24))),
        data: journal.subarray(secondEnd, end),
      });
      at = end;
    }
  }

  private take(entry: Entry): void {
    const file = this.byInode.get(entry.inode);
    if (entry.kind === Kind.CREATE) this.created(entry);
    else if (entry.kind === Kind.WRITE_BEGIN) this.writeBegun(entry, file);
    else if (entry.kind === Kind.WRITE_END) this.writeEnded(entry);
    else if (entry.kind === Kind.TRUNCATE) file?.open.push({ kind: 'truncate', length: entry.offset });
    else if (entry.kind === Kind.SYNC_BEGIN) this.syncBegun(entry, file);
    else if (entry.kind === Kind.SYNC_END) this.syncEnded(entry);
    else if (entry.kind === Kind.FOLDER_SYNC) this.folderDone = Math.max(this.folderDone, this.syncs.get(entry.operation)!.folderChanges);
    else if (entry.kind === Kind.RENAME) this.renamed(entry);
    else if (entry.kind === Kind.UNLINK) this.folderChanges.push((names) => names.delete(basename(entry.path)));
    else throw new Error(`the journal has an entry of kind ${entry.kind}`);
  }

  private created({ path, inode }: Entry): void {
    if (path === this.folder) return;
    const file: CutFile = { bytes: Buffer.alloc(0), open: [] };
    this.byInode.set(inode, file);
    this.folderChanges.push((names) => names.set(basename(path), file));
  }

  private renamed({ path, second }: Entry): void {
    this.folderChanges.push((names) => {
      const file = names.get(basename(path));
      if (file === undefined) return;
      names.delete(basename(path));
      names.set(basename(second), file);
    });
  }

  private writeBegun({ operation, offset, data, durable }: Entry, file: CutFile | undefined): void {
    if (file === undefined) return;
    const write: Write = { kind: 'write', offset, data, ended: false, durable };
    file.open.push(write);
    this.writes.set(operation, { write, file });
  }

  private writeEnded({ operation, offset: result }: Entry): void {
    const known = this.writes.get(operation);
    if (known === undefined) return;
    const { write, file } = known;
    this.writes.delete(operation);
    write.data = write.data.subarray(0, result);
    write.ended = true;
    if (write.durable) settle(file, [write]);
  }

  private syncBegun({ operation }: Entry, file: CutFile | undefined): void {
    const changes = file?.open.filter((change) => change.kind === 'truncate' || change.ended) ?? [];
    this.syncs.set(operation, { file, changes, folderChanges: this.folderChanges.length });
  }

  private syncEnded({ operation }: Entry): void {
    const { file, changes } = this.syncs.get(operation)!;
    if (file !== undefined) settle(file, changes);
  }
}

/** These are on the disk now. */
function settle(file: CutFile, changes: readonly Change[]): void {
  for (const change of changes) {
    if (!file.open.includes(change)) continue;
    if (change.kind === 'write') file.bytes = put(file.bytes, change.offset, change.data);
    else file.bytes = put(Buffer.from(file.bytes.subarray(0, change.length)), change.length, Buffer.alloc(0));
  }
  file.open = file.open.filter((change) => !changes.includes(change));
}

/** `bytes` with `data` at `offset`; a gap before it reads as zeros. */
export function put(bytes: Buffer, offset: number, data: Buffer): Buffer {
  const end = offset + data.length;
  const into = end > bytes.length ? Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]) : bytes;
  data.copy(into, offset);
  return into;
}
