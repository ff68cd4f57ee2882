/** Exports as the api would wish for them, and their files as it would hand them out, for tests of the worker alone. */
import { gunzipSync } from 'node:zlib';
import { type ExportKind, exportObject } from '@rookery/contracts/exports';
import type { Envelope } from '@rookery/service-kit/envelope';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import type { ObjectStore } from '@rookery/service-kit/object-store';
import { openStream } from '@rookery/service-kit/sealed-stream';
import { joined } from '@rookery/service-kit/test-support/joined';
import type { Installation } from './installation.js';

export interface ExportRow {
  state: string;
  rows: number | null;
  bytes: number | null;
  sealed_key: string | null;
  attempts: number;
  error_code: string | null;
  error_message: string | null;
}

const LONG_AGO = '2020-01-01T00:00:00Z';

export async function addExport(
  installation: Installation,
  organizationId: string,
  { kind = 'AUDIT_LOG', from = LONG_AGO, to = new Date().toISOString() }: { kind?: ExportKind; from?: string; to?: string } = {},
): Promise<string> {
  const id = newId('export');
  await installation.sql(
    `INSERT INTO exports (organization_id, id, kind, range_from, range_to, requested_by) VALUES ($1, $2, $3, $4, $5, 'test')`,
    [uuidOf('organization', organizationId), uuidOf('export', id), kind, from, to],
  );
  return id;
}

export async function exportRow(installation: Installation, id: string): Promise<ExportRow> {
  const [row] = await installation.sql<ExportRow>(
    'SELECT state, rows::int, bytes::int, sealed_key, attempts, error_code, error_message FROM exports WHERE id = $1',
    [uuidOf('export', id)],
  );
  return row!;
}

/** Writes of `actor`, one each second from `from` on. */
export async function addWrites(installation: Installation, organizationId: string, count: number, actor = 'key_test', from = LONG_AGO) {
  await installation.sql(
    `INSERT INTO audit_log (organization_id, at, actor, context, action, subject, after)
     SELECT $1, $4::timestamptz + n * interval '1 second', $3, 'api', 'createProject', 'prj_' || n, jsonb_build_object('n', n) FROM generate_series(0, $2::int - 1) n`,
    [uuidOf('organization', organizationId), count, actor, from],
  );
}

/** The lines of the file that the row names. */
export async function linesOf(
  installation: Installation,
  { store, envelope }: { store: ObjectStore; envelope: Envelope },
  key: { organizationId: string; exportId: string },
): Promise<Record<string, any>[]> {
  const { sealed_key: sealed, attempts, bytes } = await exportRow(installation, key.exportId);
  const place = { organizationId: key.organizationId, table: 'exports', row: key.exportId, field: 'sealed_key' };
  const object = await store.get(exportObject(key, attempts));
  const file = await joined(openStream(envelope.open(sealed!, place), object!));
  if (file.length !== bytes) throw new Error(`the file has ${file.length} bytes, the row says ${bytes}`);
  return gunzipSync(file)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, any>);
}
