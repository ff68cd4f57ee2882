/** Claims: which deployment to look at next, and for how long it is ours. */
import type { Database } from '@rookery/db/pool';
import { uuid } from '@rookery/db/transactions';
import { idOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';

/** A claim whose holder died is free again after this. One that lives longer is kept by its lock, whatever the term says. */
const TERM_SECONDS = 5;
/** A claim is followed by its lock within this time. */
const LOCK_TAKEN_MS = 250;

export interface Claim {
  organizationId: string;
  deploymentId: string;
  wanted: number;
  attempts: number;
}

interface ClaimRow extends Record<string, unknown> {
  organization_id: string;
  deployment_id: string;
  wanted: number;
  attempts: number;
}

/** The next due deployment: of the organization for which least is being done, then the one that waits longest. */
export async function claimNext(db: Database): Promise<Claim | null> {
  const claimed = await db.execute<ClaimRow>(sql`
    UPDATE reconciliations SET claimed_at = now(), due_at = now() + ${TERM_SECONDS} * interval '1 second'
    WHERE (organization_id, deployment_id) = (
      SELECT r.organization_id, r.deployment_id FROM reconciliations r
      WHERE r.due_at <= now()
      ORDER BY (SELECT count(*) FROM reconciliations o WHERE o.organization_id = r.organization_id AND o.claimed_at IS NOT NULL AND o.due_at > now()), r.due_at
      LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING organization_id, deployment_id, wanted, attempts`);
  const row = claimed.rows[0];
  if (!row) return null;
  return {
    organizationId: idOf('organization', row.organization_id),
    deploymentId: idOf('deployment', row.deployment_id),
    wanted: row.wanted,
    attempts: row.attempts,
  };
}

/** Gives the claim back. True: more was wanted meanwhile, look again. */
export async function releaseClaim(db: Database, claim: Claim): Promise<boolean> {
  const released = await db.execute<{ again: boolean }>(sql`
    UPDATE reconciliations SET claimed_at = NULL, attempts = 0, last_error = NULL, due_at = CASE WHEN wanted > ${claim.wanted} THEN now() END
    WHERE ${isClaimed(claim)} RETURNING due_at IS NOT NULL AS again`);
  return released.rows[0]?.again ?? false;
}

/** Gives it back for another try later. */
export async function postponeClaim(db: Database, claim: Claim, seconds: number, error: string): Promise<void> {
  await db.execute(sql`
    UPDATE reconciliations SET claimed_at = NULL, attempts = attempts + 1, last_error = ${error}, due_at = now() + ${seconds} * interval '1 second'
    WHERE ${isClaimed(claim)}`);
}

/**
 * Frees claims that no lock stands behind: their worker died. One that was taken only now may not have its lock yet; were
 * it freed all the same, the lock would still let only one worker look.
 */
export async function freeAbandonedClaims(db: Database): Promise<void> {
  await db.execute(sql`
    UPDATE reconciliations SET claimed_at = NULL, due_at = now()
    WHERE claimed_at < now() - ${LOCK_TAKEN_MS} * interval '1 millisecond' AND due_at > now() AND NOT EXISTS (
      SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
      AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(deployment_id::text, 0)
    )`);
}

function isClaimed({ organizationId, deploymentId }: Claim) {
  return sql`organization_id = ${uuid('organization', organizationId)} AND deployment_id = ${uuid('deployment', deploymentId)}`;
}
