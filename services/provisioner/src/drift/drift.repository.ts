/** What is compared, and what came of it. */
import type { Drift } from '@rookery/contracts/drift';
import type { Database } from '@rookery/db/pool';
import { deploymentDrift, installation, orphans } from '@rookery/db/schema/drift';
import { uuid } from '@rookery/db/transactions';
import { idOf, newId, uuidOf } from '@rookery/service-kit/ids';
import { and, eq, lt, notInArray, or, sql } from 'drizzle-orm';
import type { Claim } from '../reconcile/claims.repository.js';
import type { Situation } from '../reconcile/situation.repository.js';
import type { Memory } from './judge.js';

/** What was removed is shown this long. */
const REMOVED_SHOWN = '7 days';

type Subject = Pick<Claim, 'organizationId' | 'deploymentId'>;

/** Whose machine was told everything and lives, and with which nothing is being done. */
export async function settledDeployments(db: Database): Promise<Subject[]> {
  const { rows } = await db.execute<{ organization_id: string; id: string }>(sql`
    SELECT d.organization_id, d.id FROM deployments d
    JOIN deployment_infrastructure i ON i.organization_id = d.organization_id AND i.deployment_id = d.id AND i.generation = d.generation
    JOIN machines m ON m.id = i.machine_id AND m.lost_at IS NULL
    WHERE d.state <> 'DELETED' AND i.failed_generation IS DISTINCT FROM d.generation AND NOT EXISTS (
      SELECT FROM operations o WHERE o.organization_id = d.organization_id AND o.deployment_id = d.id AND o.state IN ('PENDING', 'RUNNING'))
    ORDER BY d.id`);
  return rows.map((row) => ({ organizationId: idOf('organization', row.organization_id), deploymentId: idOf('deployment', row.id) }));
}

/** Notes what was found; null: nothing differs. Not if somebody wished something else meanwhile. */
export async function noteDrift(db: Database, { deployment }: Situation, drift: Drift | null): Promise<void> {
  const { organizationId, id: deploymentId, generation } = deployment;
  if (drift === null) {
    const one = and(eq(deploymentDrift.organizationId, organizationId), eq(deploymentDrift.deploymentId, deploymentId));
    await db.delete(deploymentDrift).where(one);
    return;
  }
  const attributes = sql`ARRAY(SELECT jsonb_array_elements_text(${JSON.stringify(drift.attributes)}::jsonb))`;
  await db.execute(sql`
    INSERT INTO deployment_drift (organization_id, deployment_id, kind, attributes)
    SELECT organization_id, id, ${drift.kind}::drift_kind, ${attributes} FROM deployments
      WHERE organization_id = ${uuid('organization', organizationId)} AND id = ${uuid('deployment', deploymentId)} AND generation = ${generation}
    ON CONFLICT (organization_id, deployment_id) DO UPDATE SET kind = EXCLUDED.kind, attributes = EXCLUDED.attributes`);
}

/** Asks for the same state anew. False: something is being done already, or that was tried within the hour. */
export async function heal(db: Database, { deployment }: Situation): Promise<boolean> {
  const { organizationId, id, generation } = deployment;
  const operation = uuid('operation', newId('operation'));
  const { rows } = await db.execute<{ healed: boolean }>(
    sql`SELECT heal_deployment(${uuid('organization', organizationId)}, ${uuid('deployment', id)}, ${generation}, ${operation}) AS healed`,
  );
  return rows[0]!.healed;
}

export async function installationId(db: Database): Promise<string> {
  const [row] = await db.select().from(installation);
  return row!.id;
}

/** Whether there is, was, or never was such a deployment; and of whom, while there is. */
export async function recall(
  db: Database,
  deploymentId: string | null,
): Promise<{ deployment: Memory['deployment']; organizationId: string | null }> {
  if (deploymentId === null || uuidOf('deployment', deploymentId) === null) return { deployment: 'unknown', organizationId: null };
  const one = uuid('deployment', deploymentId);
  const { rows } = await db.execute<{ organization_id: string | null; deleted: boolean }>(sql`
    SELECT (SELECT organization_id FROM deployments WHERE id = ${one}) AS organization_id,
      EXISTS (SELECT FROM operations WHERE deployment_id = ${one} AND verb = 'DELETE' AND state = 'SUCCEEDED') AS deleted`);
  const { organization_id: organization, deleted } = rows[0]!;
  if (organization !== null) return { deployment: 'present', organizationId: idOf('organization', organization) };
  return { deployment: deleted ? 'deleted' : 'unknown', organizationId: null };
}

export type Orphan = Pick<typeof orphans.$inferSelect, 'id' | 'deploymentId' | 'reason' | 'removed'>;

/** All that there are now; those that were removed stay for a while. */
export async function noteOrphans(db: Database, found: readonly Orphan[]): Promise<void> {
  for (const orphan of found)
    await db
      .insert(orphans)
      .values(orphan)
      .onConflictDoUpdate({ target: orphans.id, set: { ...orphan, seenAt: sql`now()` } });
  const ids = found.map(({ id }) => id);
  const gone = ids.length === 0 ? undefined : notInArray(orphans.id, ids);
  const old = lt(orphans.seenAt, sql`now() - ${REMOVED_SHOWN}::interval`);
  await db.delete(orphans).where(and(gone, or(eq(orphans.removed, false), old)));
}
