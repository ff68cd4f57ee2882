/**
 * The safety net: every few seconds it looks for what nobody told of. Machines that fell silent, deployments that are
 * behind, claims whose holder died. A healthy installation keeps `rookery_resync_found_total` flat.
 */
import type { Database } from '@rookery/db/pool';
import type { ReconcileQueue } from '@rookery/db/queue';
import { uuid } from '@rookery/db/transactions';
import { idOf, newId } from '@rookery/service-kit/ids';
import type { Logger } from '@rookery/service-kit/log';
import { sql } from 'drizzle-orm';
import { Counter } from 'prom-client';
import { freeAbandonedClaims } from './claims.repository.js';
import { watchLifetimes } from './lifetimes.js';
import { finishOrphans } from './situation.repository.js';

/** A machine whose last sign of life is older than this is lost. */
const SILENCE_SECONDS = 30;
const LOOKS_MAX = 1_000;

const found = new Counter({ name: 'rookery_resync_found_total', help: 'Deployments that only the resync found behind.' });

export async function resync(db: Database, queue: Pick<ReconcileQueue, 'look'>, log: Logger): Promise<void> {
  const lost = await db.execute<{ id: string }>(sql`
    UPDATE machines SET lost_at = now() WHERE lost_at IS NULL AND seen_at < now() - ${SILENCE_SECONDS} * interval '1 second' RETURNING id`);
  for (const { id } of lost.rows) log.warn({ machineId: idOf('machine', id) }, 'a machine has stopped reporting');

  // Behind: an operation is open, or the machine was not told of the newest generation and nothing speaks against it.
  await db.execute(sql`
    SELECT want_reconcile(d.organization_id, d.id) FROM deployments d
    LEFT JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id
    LEFT JOIN reconciliations r ON r.organization_id = d.organization_id AND r.deployment_id = d.id
    WHERE r.due_at IS NULL AND (
      EXISTS (SELECT FROM operations o WHERE o.organization_id = d.organization_id AND o.deployment_id = d.id AND o.state IN ('PENDING', 'RUNNING'))
      OR (coalesce(i.generation, 0) < d.generation AND i.failed_generation IS DISTINCT FROM d.generation)
    )`);
  await watchLifetimes(db, log);
  await deleteExpired(db, log);
  await freeAbandonedClaims(db);
  const due = await db.execute<{ id: string; missed: boolean }>(sql`
    SELECT deployment_id AS id, due_at < now() - interval '1 second' AS missed FROM reconciliations WHERE due_at <= now() ORDER BY due_at LIMIT ${LOOKS_MAX}`);
  found.inc(due.rows.filter((row) => row.missed).length);
  await queue.look(due.rows.map(({ id }) => idOf('deployment', id)));
  await finishOrphans(db);
  await db.execute(sql`SELECT sweep_expired()`);
}

/** Deployments whose time is over. One that is protected stays until the protection is taken away. */
async function deleteExpired(db: Database, log: Logger): Promise<void> {
  const { rows } = await db.execute<{ organization_id: string; id: string }>(sql`
    SELECT organization_id, id FROM deployments WHERE expires_at <= now() AND state <> 'DELETED' AND NOT deletion_protection LIMIT ${LOOKS_MAX}`);
  for (const { organization_id: organizationId, id } of rows) {
    const [deploymentId, operationId] = [idOf('deployment', id), newId('operation')];
    await db.execute(sql`SELECT expire_deployment(${organizationId}, ${id}, ${uuid('operation', operationId)}, ${deploymentId})`);
    log.info({ deploymentId }, 'a deployment has expired and is deleted');
  }
}
