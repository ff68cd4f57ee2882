/**
 * The lines of an export, page by page: never more than one page is held, however long the range. Each page is a transaction
 * of its own that sees this organization only (row-level security), so a file that takes minutes holds up nothing.
 */
import type { AuditLine, ExportKind, MeterLine, SampleLine } from '@rookery/contracts/exports';
import type { Database } from '@rookery/db/pool';
import { asOrganization, uuid } from '@rookery/db/transactions';
import { idOf } from '@rookery/service-kit/ids';
import { type SQL, sql } from 'drizzle-orm';

export interface Wish {
  organizationId: string;
  kind: ExportKind;
  from: Date;
  to: Date;
}

type Line = AuditLine | SampleLine | MeterLine;
type Row = Record<string, unknown>;
const NOBODY = '00000000-0000-0000-0000-000000000000';

export function pagesOf(db: Database, wish: Wish, pageRows: number): AsyncGenerator<Line[]> {
  return wish.kind === 'AUDIT_LOG' ? auditPages(db, wish, pageRows) : usagePages(db, wish, pageRows);
}

interface AuditRow extends Row {
  id: string;
  at: string;
  cursor: string;
  actor: string;
  context: AuditLine['context'];
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
}

/** In the order of time. */
async function* auditPages(db: Database, wish: Wish, pageRows: number): AsyncGenerator<AuditLine[]> {
  const { organizationId, from, to } = wish;
  const next = (last: AuditRow | undefined) => sql`
    SELECT t.id::text, ${iso(sql`t.at`)} AS at, t.at::text AS cursor, t.actor, t.context, t.action, t.subject, t.before, t.after
    FROM audit_log t
    WHERE t.organization_id = ${uuid('organization', organizationId)} AND t.at < ${to.toISOString()}::timestamptz
      AND (t.at, t.id) > (${last?.cursor ?? from.toISOString()}::timestamptz, ${last?.id ?? '0'}::bigint)
    ORDER BY t.at, t.id LIMIT ${pageRows}`;
  for await (const rows of pages(db, organizationId, pageRows, next))
    yield rows.map(({ id, at, actor, context, action, subject, before, after }) => ({
      type: 'AUDIT',
      id,
      at,
      organizationId,
      actor,
      context,
      action,
      subject,
      before,
      after,
    }));
}

interface OfDeployment extends Row {
  at: string;
  deployment_id: string;
  name: string;
  incarnation: string;
}

interface SampleRow extends OfDeployment {
  cursor: string;
  counters: SampleLine['counters'];
  gauges: SampleLine['gauges'];
}

interface MeterRow extends OfDeployment {
  bytes_in: number;
  bytes_out: number;
  connection_seconds: number;
  connections: number;
}

/** What runtimes counted, then the meters of the edge; each by deployment, in the order of time. */
async function* usagePages(db: Database, { organizationId, from, to }: Wish, pageRows: number): AsyncGenerator<Line[]> {
  const organization = uuid('organization', organizationId);
  // The page first, the names after it: a join beforehand would give up the order of the index.
  const named = (page: SQL, columns: SQL, order: SQL) => sql`
    WITH p AS MATERIALIZED (${page} LIMIT ${pageRows})
    SELECT p.deployment_id, d.name, p.incarnation, ${columns} FROM p
    JOIN deployments d ON d.organization_id = ${organization} AND d.id = p.deployment_id ORDER BY ${order}`;
  const common = ({ at, deployment_id: deploymentId, name, incarnation }: OfDeployment) => ({
    at,
    organizationId,
    deploymentId: idOf('deployment', deploymentId),
    deploymentName: name,
    incarnation,
  });
  const nextSamples = (last: SampleRow | undefined) =>
    named(
      sql`SELECT t.* FROM metric_samples t WHERE t.organization_id = ${organization}
        AND t.at >= ${from.toISOString()}::timestamptz AND t.at < ${to.toISOString()}::timestamptz
        AND (t.deployment_id, t.at) > (${last?.deployment_id ?? NOBODY}::uuid, ${last?.cursor ?? '-infinity'}::timestamptz)
        ORDER BY t.deployment_id, t.at`,
      sql`${iso(sql`p.reported_at`)} AS at, p.at::text AS cursor, p.counters, p.gauges`,
      sql`p.deployment_id, p.at`,
    );
  for await (const rows of pages(db, organizationId, pageRows, nextSamples))
    yield rows.map((row) => ({ type: 'SAMPLE', ...common(row), counters: row.counters, gauges: row.gauges }));

  // They are sums since the start of a process of the edge: one that still counts belongs to every range that is not over before it.
  const nextMeters = (last: MeterRow | undefined) =>
    named(
      sql`SELECT t.* FROM usage_meters t WHERE t.organization_id = ${organization} AND t.updated_at >= ${from.toISOString()}::timestamptz
        AND (t.deployment_id, t.incarnation) > (${last?.deployment_id ?? NOBODY}::uuid, ${last?.incarnation ?? ''})
        ORDER BY t.deployment_id, t.incarnation`,
      sql`${iso(sql`p.updated_at`)} AS at, p.bytes_in::float, p.bytes_out::float, p.connection_seconds::float, p.connections::float`,
      sql`p.deployment_id, p.incarnation`,
    );
  for await (const rows of pages(db, organizationId, pageRows, nextMeters))
    yield rows.map((row) => ({
      type: 'METER',
      ...common(row),
      bytesIn: row.bytes_in,
      bytesOut: row.bytes_out,
      connectionSeconds: row.connection_seconds,
      connections: row.connections,
    }));
}

/** Each page begins after the last row of the one before it. */
async function* pages<R extends Row>(
  db: Database,
  organizationId: string,
  pageRows: number,
  next: (last: R | undefined) => SQL,
): AsyncGenerator<R[]> {
  for (let last: R | undefined; ; ) {
    const rows = await asOrganization(db, organizationId, async (tx) => {
      // By an index, in its order: with old statistics all that is left would be sorted anew for each page.
      await tx.execute(sql`SET LOCAL enable_sort = off`);
      return (await tx.execute(next(last))).rows as R[];
    });
    if (rows.length > 0) yield rows;
    if (rows.length < pageRows) return;
    last = rows.at(-1);
  }
}

function iso(time: SQL): SQL {
  return sql`to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
