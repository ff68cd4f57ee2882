import type { DeploymentPhase, OperationVerb } from '@rookery/contracts/phases';
import type { Database } from '@rookery/db/pool';
import { idOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';
import type { TroubledDeployment } from './trouble.model.js';

const ROWS_MAX = 200;

interface Row extends Record<string, unknown> {
  organization_id: string;
  organization_name: string;
  deployment_id: string;
  deployment_name: string;
  phase: DeploymentPhase;
  reason: string | null;
  verb: OperationVerb | null;
  attempts: number;
  last_error: string | null;
  next_try_at: string | null;
  since: string;
}

/** Of all organizations; who may ask is decided above. */
export async function listTroubled(db: Database): Promise<TroubledDeployment[]> {
  const { rows } = await db.execute<Row>(sql`SELECT * FROM deployments_in_trouble(${ROWS_MAX})`);
  return rows.map((row) => ({
    organizationId: idOf('organization', row.organization_id),
    organizationName: row.organization_name,
    deploymentId: idOf('deployment', row.deployment_id),
    deploymentName: row.deployment_name,
    phase: row.phase,
    reason: row.reason,
    verb: row.verb,
    attempts: row.attempts,
    lastError: row.last_error,
    nextTryAt: row.next_try_at === null ? null : new Date(row.next_try_at),
    since: new Date(row.since),
  }));
}
