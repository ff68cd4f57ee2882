/**
 * Makes the files of exports: rows of one organization, page by page, as lines of JSON, gzipped, sealed, into the store. An
 * attempt writes an object of its own, and its row says READY only once that object is whole. A worker that dies leaves a row
 * without a lock and perhaps an object that no row names: the next attempt begins anew, and removes what was left.
 */
import { exportFolder, type ExportKey, exportObject } from '@rookery/contracts/exports';
import { isDatabaseAway } from '@rookery/db/errors';
import type { Database } from '@rookery/db/pool';
import type { Envelope } from '@rookery/service-kit/envelope';
import { AppError } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import type { Logger } from '@rookery/service-kit/log';
import type { ObjectStore } from '@rookery/service-kit/object-store';
import { newStreamKey, sealStream } from '@rookery/service-kit/sealed-stream';
import { failpoint } from '../worker/failpoint.js';
import { whileLocked } from '../worker/row-lock.js';
import * as repository from './exports.repository.js';
import { pagesOf } from './lines.js';
import { gzipped } from './ndjson.js';

/** Of one worker. Others of its places in the queue are for deployments. */
const TOGETHER_MAX = 2;
const ATTEMPTS_MAX = 5;
const FIRST_RETRY_SECONDS = 15;
const NOTE_EVERY_MS = 1_000;

export interface ExporterOptions {
  pageRows?: number;
  /** Of the file as it is downloaded. */
  bytesMax?: number;
}

/** This process ends, which is no failure of the export. */
class Stopped extends Error {}

export class Exporter {
  private running = 0;
  private stopped = false;
  private readonly pageRows: number;
  private readonly bytesMax: number;

  constructor(
    private readonly db: Database,
    private readonly store: ObjectStore,
    private readonly envelope: Envelope,
    private readonly log: Logger,
    { pageRows = 500, bytesMax = 4 * 1024 ** 3 }: ExporterOptions = {},
  ) {
    this.pageRows = pageRows;
    this.bytesMax = bytesMax;
  }

  /** What is under way is given back; nothing else is begun. */
  stop(): void {
    this.stopped = true;
  }

  /** Makes what is due, one after the other. */
  async makeDue(): Promise<void> {
    while (this.running < TOGETHER_MAX && !this.stopped) {
      this.running++;
      try {
        const claim = await repository.claimNextExport(this.db);
        if (claim === null) return;
        await whileLocked(this.db, uuidOf('export', claim.exportId)!, () => this.make(claim));
      } finally {
        this.running--;
      }
    }
  }

  /** Removes the objects of what has had its time or has failed, and gives back what dead workers left. Resolves to how many are due. */
  async sweep(): Promise<number> {
    for (const key of await repository.findOver(this.db)) {
      await this.removeObjects(key);
      await repository.noteRemoved(this.db, key);
    }
    await repository.freeAbandonedExports(this.db);
    return repository.countDue(this.db);
  }

  private async make(claim: repository.ExportClaim): Promise<void> {
    failpoint('export-claimed');
    const object = exportObject(claim, claim.attempt);
    const key = newStreamKey();
    const made = { rows: 0, bytes: 0 };
    try {
      if (claim.attempt > ATTEMPTS_MAX) throw new AppError('EXPORT_FAILED', { message: 'Whoever made it was cut off each time.' });
      await this.store.put(object, sealStream(key, this.counted(gzipped(this.linesOf(claim, made)), made)));
      failpoint('export-written');
      const { organizationId, exportId: row } = claim;
      const sealedKey = this.envelope.seal(key, { organizationId, table: 'exports', row, field: 'sealed_key' });
      if (!(await repository.offer(this.db, claim, { ...made, sealedKey }))) await this.store.remove(object);
      else await this.removeObjects(claim, object).catch((error: unknown) => this.warn(claim, error, 'older attempts were not removed'));
    } catch (error) {
      await this.end(claim, error);
    }
  }

  private async *linesOf(claim: repository.ExportClaim, made: { rows: number }): AsyncGenerator<string> {
    let notedAt = Date.now();
    for await (const page of pagesOf(this.db, claim, this.pageRows)) {
      if (this.stopped) throw new Stopped();
      made.rows += page.length;
      yield page.map((line) => `${JSON.stringify(line)}\n`).join('');
      failpoint('exporting');
      if (Date.now() - notedAt < NOTE_EVERY_MS) continue;
      notedAt = Date.now();
      await repository.noteRows(this.db, claim, made.rows);
    }
  }

  private async *counted(chunks: AsyncIterable<Buffer>, made: { bytes: number }): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      made.bytes += chunk.length;
      if (made.bytes > this.bytesMax)
        throw new AppError('EXPORT_TOO_LARGE', { message: `The file would have more than ${this.bytesMax} bytes.` });
      yield chunk;
    }
  }

  /** Another attempt later, or the reason why there is none; the next sweep removes what was written. */
  private async end(claim: repository.ExportClaim, error: unknown): Promise<void> {
    if (error instanceof Stopped) return repository.giveBack(this.db, claim, { seconds: 0, uncounted: true });
    this.warn(claim, error, 'an export was not made');
    const reason = reasonOf(error);
    if (reason.retry === 'later' && claim.attempt < ATTEMPTS_MAX)
      return repository.giveBack(this.db, claim, { seconds: FIRST_RETRY_SECONDS * 2 ** (claim.attempt - 1), uncounted: false });
    await repository.fail(this.db, claim, { code: reason.code, message: reason.publicMessage });
  }

  private async removeObjects(key: ExportKey, except?: string): Promise<void> {
    for (const object of await this.store.list(exportFolder(key))) if (object !== except) await this.store.remove(object);
  }

  private warn({ exportId, attempt }: repository.ExportClaim, error: unknown, words: string): void {
    this.log.warn({ err: error, exportId, attempt }, words);
  }
}

/** What the tenant may read of it; the rest is in the log. */
function reasonOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = isDatabaseAway(error) ? 'The database did not answer.' : 'The file could not be written to where exports are kept.';
  return new AppError('EXPORT_FAILED', { message, retry: 'later', cause: error });
}
