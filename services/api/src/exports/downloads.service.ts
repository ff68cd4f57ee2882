/** Hands out the files of exports as streams: from a folder or a bucket alike, opened on the way. */
import { Inject, Injectable } from '@nestjs/common';
import { exportObject } from '@rookery/contracts/exports';
import { Envelope } from '@rookery/service-kit/envelope';
import { AppError } from '@rookery/service-kit/errors';
import type { ObjectStore } from '@rookery/service-kit/object-store';
import { openObjectStore } from '@rookery/service-kit/open-object-store';
import { openStream } from '@rookery/service-kit/sealed-stream';
import { RateLimits } from '../auth/rate-limits.js';
import { CONFIG, type Config } from '../tokens.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type ExportRow, findExport } from './exports.repository.js';
import { stateOf } from './exports.service.js';

export interface Download {
  name: string;
  bytes: number;
  content: AsyncIterable<Buffer>;
  /** To be called at the end, also of one that nobody has read. */
  close: () => void;
}

@Injectable()
export class DownloadsService {
  private readonly store: ObjectStore | null;

  constructor(
    @Inject(CONFIG) { ROOKERY_EXPORTS }: Config,
    private readonly tenancy: Tenancy,
    private readonly envelope: Envelope,
    private readonly limits: RateLimits,
  ) {
    this.store = ROOKERY_EXPORTS === undefined ? null : openObjectStore(ROOKERY_EXPORTS);
  }

  /** Written into the audit log, for it is data that leaves. Throws NOT_FOUND, or why there is no file now. */
  async open(viewer: Viewer, id: string): Promise<Download> {
    const row = await this.tenancy.read(viewer, 'export', id, (tx, organizationId) => findExport(tx, organizationId, id));
    if (row === null) throw new AppError('NOT_FOUND');
    const sealedKey = sealedKeyOf(row);
    if (this.store === null) throw new AppError('EXPORTS_OFF');
    await this.limits.consume('exportDownloads', viewer.actor);
    const { organizationId, attempts, bytes } = row;
    await this.tenancy.in(organizationId, (tx) => audit(tx, viewer, organizationId, { action: 'downloadExport', subject: id }));
    const object = await this.store.get(exportObject({ organizationId, exportId: id }, attempts));
    if (object === null)
      throw new AppError('UNAVAILABLE', {
        message: 'The file is not where this api looks for it; the operator may compare ROOKERY_EXPORTS.',
      });
    const key = this.envelope.open(sealedKey, { organizationId, table: 'exports', row: id, field: 'sealed_key' });
    return { name: nameOf(row), bytes: bytes!, content: openStream(key, object), close: () => object.destroy() };
  }
}

function sealedKeyOf(row: ExportRow): string {
  const state = stateOf(row);
  if (state === 'EXPIRED') throw new AppError('EXPORT_EXPIRED');
  if (state === 'FAILED') throw new AppError('EXPORT_FAILED', { message: row.errorMessage ?? 'The export could not be made.' });
  if (state !== 'READY' || row.sealedKey === null) throw new AppError('EXPORT_NOT_READY');
  return row.sealedKey;
}

/** Like `audit-log-2026-01-01-2026-01-31.ndjson.gz`. */
function nameOf({ kind, from, to }: ExportRow): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return `${kind.toLowerCase().replace('_', '-')}-${day(from)}-${day(to)}.ndjson.gz`;
}
