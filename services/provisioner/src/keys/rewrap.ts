/**
 * Rotation of the installation's keys. A new key comes first, and every process that runs takes it up; then all that
 * older keys have sealed is sealed anew, row by row, while others write. Each row changes only if it is still as it was
 * read, so whoever dies here leaves nothing half done: whoever comes next finds what is left.
 */
import type { Database } from '@rookery/db/pool';
import type { Envelope, Place } from '@rookery/service-kit/envelope';
import { idOf } from '@rookery/service-kit/ids';

const BATCH = 200;

interface SealedRow {
  /** Null: it belongs to the installation. */
  organization_id: string | null;
  /** Uuid, or the text that names the row. */
  row: string;
  sealed: string;
}

/** Every column that holds sealed values; `row` names the row as it does in its {@link Place}. */
const COLUMNS: readonly { table: string; field: string; row: string; organization?: null; nameOf: (row: string) => string }[] = [
  { table: 'deployments', field: 'sealed_pepper', row: 'id::text', nameOf: (uuid) => idOf('deployment', uuid) },
  { table: 'deployment_stacks', field: 'sealed_state', row: 'deployment_id::text', nameOf: (uuid) => idOf('deployment', uuid) },
  { table: 'idempotency_keys', field: 'sealed_secret', row: `mutation || ' ' || key`, nameOf: (name) => name },
  { table: 'exports', field: 'sealed_key', row: 'id::text', nameOf: (uuid) => idOf('export', uuid) },
  { table: 'machine_authority', field: 'sealed_key', row: 'id', organization: null, nameOf: (id) => id },
];

/** Resolves to how many rows were sealed anew. `signal`: stop between two batches. */
export async function rewrap(db: Database, envelope: Envelope, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (const { table, field, row: rowName, organization: column = 'organization_id', nameOf } of COLUMNS) {
    const isOf = column === null ? '$2::uuid IS NULL' : `${column} = $2`;
    for (let rows = await older(); rows.length > 0 && !signal?.aborted; rows = await older()) {
      for (const { organization_id: organization, row, sealed } of rows) {
        const place: Place = {
          organizationId: organization === null ? '' : idOf('organization', organization),
          table,
          row: nameOf(row),
          field,
        };
        const anew = envelope.seal(envelope.open(sealed, place), place);
        const changed = await db.$client.query(`UPDATE ${table} SET ${field} = $1 WHERE ${isOf} AND ${rowName} = $3 AND ${field} = $4`, [
          anew,
          organization,
          row,
          sealed,
        ]);
        count += changed.rowCount ?? 0;
      }
    }

    async function older(): Promise<SealedRow[]> {
      const found = await db.$client.query<SealedRow>(
        `SELECT ${column}::uuid AS organization_id, ${rowName} AS row, ${field} AS sealed FROM ${table} WHERE ${field} IS NOT NULL AND ${field} NOT LIKE $1 LIMIT ${BATCH}`,
        [`${envelope.newestPrefix}%`],
      );
      return found.rows;
    }
  }
  return count;
}

/** Rows that need an older key. */
export async function countOlder(db: Database, envelope: Envelope): Promise<number> {
  let count = 0;
  for (const { table, field } of COLUMNS) {
    const { rows } = await db.$client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${field} IS NOT NULL AND ${field} NOT LIKE $1`,
      [`${envelope.newestPrefix}%`],
    );
    count += rows[0]!.count;
  }
  return count;
}
