/** Claims: which deployment to look at next, and for how long it is ours. */
import type { Database } from '@rookery/db/pool';
import { uuid } from '@rookery/db/transactions';
import { idOf, uuidOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';
import { isAbandoned } from '../worker/row-lock.js';

/** A claim whose holder died is free again after this. One that lives longer is kept by its lock, whatever the term says. */
const TERM_SECONDS = 5;
/** A machine that takes longer to bring something about keeps nothing else of its organization waiting. */
const AWAITED_SECONDS = 10;

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

/**
 * The next due deployment: of the organization for which least is under way, then the one that waits longest; see the
 * function. Null: none is due, or those that are have to wait for others of their organization.
 */
export async function claimNext(db: Database, leftOut: readonly string[] = []): Promise<Claim | null> {
  const organizations = leftOut.map((id) => uuidOf('organization', id));
  const claimed = await db.execute<ClaimRow>(sql`
    SELECT * FROM claim_next(${sql.param(organizations)}::uuid[], ${TERM_SECONDS} * interval '1 second', ${AWAITED_SECONDS} * interval '1 second')`);
  const row = claimed.rows[0];
  if (!row) return null;
  return {
    organizationId: idOf('organization', row.organization_id),
    deploymentId: idOf('deployment', row.deployment_id),
    wanted: row.wanted,
    attempts: row.attempts,
  };
}

/** Gives the claim back; `awaited`: its machine has to bring it about now. Due again at once where more was wanted meanwhile. */
export async function releaseClaim(db: Database, claim: Claim, { awaited }: { awaited: boolean }): Promise<void> {
  await db.execute(sql`
    UPDATE reconciliations SET claimed_at = NULL, attempts = 0, last_error = NULL, due_at = CASE WHEN wanted > ${claim.wanted} THEN now() END,
      awaited_since = CASE WHEN ${awaited} THEN coalesce(awaited_since, now()) END
    WHERE ${isClaimed(claim)}`);
}

/** Gives it back for another try later. */
export async function postponeClaim(db: Database, claim: Claim, seconds: number, error: string): Promise<void> {
  await db.execute(sql`
    UPDATE reconciliations SET claimed_at = NULL, awaited_since = NULL, attempts = attempts + 1, last_error = ${error}, due_at = now() + ${seconds} * interval '1 second'
    WHERE ${isClaimed(claim)}`);
}

/** Frees claims that no lock stands behind: their worker died. */
export async function freeAbandonedClaims(db: Database): Promise<void> {
  await db.execute(sql`
    UPDATE reconciliations SET claimed_at = NULL, due_at = now() WHERE due_at > now() AND ${isAbandoned(sql`deployment_id`)}`);
}

function isClaimed({ organizationId, deploymentId }: Claim) {
  return sql`organization_id = ${uuid('organization', organizationId)} AND deployment_id = ${uuid('deployment', deploymentId)}`;
}
