/** Which export is made next, and how it ended. Each attempt has a number: what an older one still writes changes nothing. */
import type { ExportKey, ExportKind } from '@rookery/contracts/exports';
import { EXPORT_KEPT_DAYS } from '@rookery/contracts/exports';
import type { Database } from '@rookery/db/pool';
import { uuid } from '@rookery/db/transactions';
import { idOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';
import { isAbandoned } from '../worker/row-lock.js';

const OVER_MAX = 100;

export interface ExportClaim extends ExportKey {
  kind: ExportKind;
  from: Date;
  to: Date;
  attempt: number;
}

interface KeyRow extends Record<string, unknown> {
  organization_id: string;
  id: string;
}

/** The one that waits longest, of the organization of which fewest are being made. Null: none is due. */
export async function claimNextExport(db: Database): Promise<ExportClaim | null> {
  const { rows } = await db.execute<KeyRow & { kind: ExportKind; from: string; to: string; attempts: number }>(sql`
    WITH next AS (
      SELECT e.organization_id, e.id FROM exports e WHERE e.state = 'QUEUED' AND e.due_at <= now()
      ORDER BY (SELECT count(*) FROM exports o WHERE o.organization_id = e.organization_id AND o.state = 'RUNNING'), e.due_at
      LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE exports e SET state = 'RUNNING', claimed_at = now(), started_at = coalesce(e.started_at, now()), attempts = e.attempts + 1
    FROM next n WHERE e.organization_id = n.organization_id AND e.id = n.id
    RETURNING e.organization_id, e.id, e.kind, e.range_from AS "from", e.range_to AS "to", e.attempts`);
  const row = rows[0];
  if (!row) return null;
  return { ...keyOf(row), kind: row.kind, from: new Date(row.from), to: new Date(row.to), attempt: row.attempts };
}

/** For those who wait. */
export async function noteRows(db: Database, claim: ExportClaim, rows: number): Promise<void> {
  await db.execute(sql`UPDATE exports SET rows = ${rows} WHERE ${isOurs(claim)}`);
}

/** From now on it can be downloaded. False: another attempt has taken our place. */
export async function offer(
  db: Database,
  claim: ExportClaim,
  { rows, bytes, sealedKey }: { rows: number; bytes: number; sealedKey: string },
): Promise<boolean> {
  const done = await db.execute(sql`
    UPDATE exports SET state = 'READY', rows = ${rows}, bytes = ${bytes}, sealed_key = ${sealedKey}, finished_at = now(),
      expires_at = now() + ${EXPORT_KEPT_DAYS} * interval '1 day' WHERE ${isOurs(claim)}`);
  return done.rowCount === 1;
}

/** For another attempt. `uncounted`: it is not the fault of this one. */
export async function giveBack(db: Database, claim: ExportClaim, { seconds, uncounted }: { seconds: number; uncounted: boolean }) {
  await db.execute(sql`
    UPDATE exports SET state = 'QUEUED', claimed_at = NULL, rows = NULL, due_at = now() + ${seconds} * interval '1 second',
      attempts = attempts - ${uncounted ? 1 : 0} WHERE ${isOurs(claim)}`);
}

export async function fail(db: Database, claim: ExportClaim, { code, message }: { code: string; message: string }): Promise<void> {
  await db.execute(sql`
    UPDATE exports SET state = 'FAILED', rows = NULL, error_code = ${code}, error_message = ${message}, finished_at = now()
    WHERE ${isOurs(claim)}`);
}

/** Those that no lock stands behind: their worker died. */
export async function freeAbandonedExports(db: Database): Promise<void> {
  await db.execute(sql`
    UPDATE exports SET state = 'QUEUED', claimed_at = NULL, rows = NULL, due_at = now()
    WHERE state = 'RUNNING' AND ${isAbandoned(sql`id`)}`);
}

export async function countDue(db: Database): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM exports WHERE state = 'QUEUED' AND due_at <= now()`,
  );
  return rows[0]!.count;
}

/** Those whose objects are to go: their time is over and nobody is offered them any more, or they failed. */
export async function findOver(db: Database): Promise<ExportKey[]> {
  const { rows } = await db.execute<KeyRow>(sql`
    (SELECT organization_id, id FROM exports WHERE state = 'READY' AND expires_at <= now() ORDER BY expires_at LIMIT ${OVER_MAX})
    UNION ALL (SELECT organization_id, id FROM exports WHERE state = 'FAILED' AND claimed_at IS NOT NULL LIMIT ${OVER_MAX})`);
  return rows.map(keyOf);
}

/** Its objects are gone. The key goes too: what a bucket keeps of older versions is noise from now on. */
export async function noteRemoved(db: Database, { organizationId, exportId }: ExportKey): Promise<void> {
  await db.execute(sql`
    UPDATE exports SET state = CASE state WHEN 'READY' THEN 'EXPIRED' ELSE state END, sealed_key = NULL, claimed_at = NULL
    WHERE organization_id = ${uuid('organization', organizationId)} AND id = ${uuid('export', exportId)} AND state IN ('READY', 'FAILED')`);
}

function keyOf({ organization_id: organizationId, id }: KeyRow): ExportKey {
  return { organizationId: idOf('organization', organizationId), exportId: idOf('export', id) };
}

function isOurs({ organizationId, exportId, attempt }: ExportClaim) {
  return sql`organization_id = ${uuid('organization', organizationId)} AND id = ${uuid('export', exportId)}
    AND state = 'RUNNING' AND attempts = ${attempt}`;
}
