/**
 * What ends by itself: a deployment that nobody has used for as long as its plan allows is stopped, and deleted after a
 * while more; one with an expiry is deleted then (resync.ts). Each end is told a week and a day before, and none of the
 * first kind comes sooner than a day after it was told, however late the worker is.
 */
import { NOTICE_LEAD_DAYS, type NoticeKind } from '@rookery/contracts/notices';
import type { Database } from '@rookery/db/pool';
import { uuid } from '@rookery/db/transactions';
import { idOf, newId } from '@rookery/service-kit/ids';
import type { Logger } from '@rookery/service-kit/log';
import { sql } from 'drizzle-orm';

const ROWS_MAX = 1_000;

/**
 * All ends that are to come. A client, a message and a start are use. A machine that does not report could not tell of
 * any; what it has is not stopped.
 */
const ENDS = sql`
  SELECT d.organization_id, d.id AS deployment_id, d.generation, e.kind::notice_kind AS kind, e.due_at FROM deployments d
  LEFT JOIN deployment_reports r ON r.organization_id = d.organization_id AND r.deployment_id = d.id
  LEFT JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id
  LEFT JOIN machines m ON m.id = i.machine_id
  CROSS JOIN LATERAL (SELECT max(o.created_at) AS at FROM operations o
    WHERE o.organization_id = d.organization_id AND o.deployment_id = d.id AND o.verb IN ('CREATE', 'START')) started
  CROSS JOIN LATERAL (VALUES
    ('IDLE_STOP', CASE WHEN d.state = 'RUNNING' AND m.lost_at IS NULL
      THEN greatest(d.created_at, r.active_at, started.at) + d.idle_stop_after_days * interval '1 day' END),
    ('IDLE_DELETE', CASE WHEN d.state = 'STOPPED' THEN d.idle_stopped_at + d.idle_delete_after_days * interval '1 day' END),
    ('EXPIRY', d.expires_at)
  ) e(kind, due_at)
  WHERE (d.idle_stop_after_days IS NOT NULL OR d.idle_delete_after_days IS NOT NULL OR d.expires_at IS NOT NULL)
    AND d.state <> 'DELETED' AND NOT d.deletion_protection AND e.due_at IS NOT NULL`;

interface End extends Record<string, unknown> {
  organization_id: string;
  deployment_id: string;
  generation: number;
  kind: NoticeKind;
}

export async function watchLifetimes(db: Database, log: Logger, now = new Date()): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await withdrawNotices(db);
  for (const leadDays of NOTICE_LEAD_DAYS) await giveNotices(db, leadDays, at);
  const due = await db.execute<End>(sql`
    SELECT e.* FROM (${ENDS}) e JOIN notices n ON n.organization_id = e.organization_id AND n.deployment_id = e.deployment_id AND n.kind = e.kind
    WHERE e.kind <> 'EXPIRY' AND n.lead_days = 1 AND n.due_at <= ${at} LIMIT ${ROWS_MAX}`);
  for (const { organization_id: organization, deployment_id: deployment, generation, kind } of due.rows) {
    const deploymentId = idOf('deployment', deployment);
    const operation = uuid('operation', newId('operation'));
    await db.execute(
      sql`SELECT end_idle_deployment(${organization}, ${deployment}, ${generation}, ${operation}, ${deploymentId}, ${kind}, ${at})`,
    );
    log.info({ deploymentId, kind }, 'a deployment that nobody uses is stopped or deleted');
  }
}

/** What was told and does not hold any more: it was used, started, protected, or its expiry was changed. */
async function withdrawNotices(db: Database): Promise<void> {
  await db.execute(sql`
    DELETE FROM notices n WHERE NOT EXISTS (
      SELECT FROM (${ENDS}) e WHERE e.organization_id = n.organization_id AND e.deployment_id = n.deployment_id AND e.kind = n.kind
      AND CASE WHEN n.kind = 'EXPIRY' THEN e.due_at = n.due_at ELSE e.due_at <= n.due_at END)`);
}

/** Once each; the earlier one is left out where it comes too late to be early. */
async function giveNotices(db: Database, leadDays: number, at: ReturnType<typeof sql>): Promise<void> {
  const { rows } = await db.execute<End & { due_at: string }>(sql`
    SELECT e.* FROM (${ENDS}) e WHERE e.due_at <= ${at} + ${leadDays} * interval '1 day'
    AND (${leadDays} = 1 OR e.due_at > ${at} + interval '1 day')
    AND NOT EXISTS (SELECT FROM notices n WHERE n.organization_id = e.organization_id AND n.deployment_id = e.deployment_id
      AND n.kind = e.kind AND n.lead_days = ${leadDays}) LIMIT ${ROWS_MAX}`);
  for (const { organization_id: organization, deployment_id: deployment, kind, due_at: due } of rows)
    await db.execute(sql`
      INSERT INTO notices (organization_id, id, deployment_id, kind, lead_days, due_at, created_at)
      VALUES (${organization}, ${uuid('notice', newId('notice'))}, ${deployment}, ${kind}, ${leadDays},
        CASE WHEN ${kind} = 'EXPIRY' THEN ${due}::timestamptz ELSE greatest(${due}::timestamptz, ${at} + interval '1 day') END, ${at})
      ON CONFLICT DO NOTHING`);
}
