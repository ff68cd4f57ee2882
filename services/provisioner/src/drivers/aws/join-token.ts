/** The token by which the machine of a deployment joins its cell. A new one replaces the last that was not used. */
import { hashJoinSecret, makeJoinToken } from '@rookery/db/join-tokens';
import type { Database } from '@rookery/db/pool';
import { machineJoinTokens } from '@rookery/db/schema/machines';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { MakeJoinToken } from '../terraform/aws-stacks.js';

/** A machine that boots slowly, and one that was repaired a day later. */
const SECONDS = 24 * 3_600;
/** One that is given again has at least this long left. */
const SECONDS_LEFT = 3_600;

export function joinTokensOf(db: Database): MakeJoinToken {
  return async ({ cellId, deploymentId }, before) => {
    if (before !== null && (await letsIn(db, before, deploymentId))) return before;
    const wish = { cellId, dedicatedTo: deploymentId, forMachineId: null, seconds: SECONDS, createdBy: 'provisioner' };
    return (await makeJoinToken(db, wish)).token;
  };
}

async function letsIn(db: Database, token: string, deploymentId: string): Promise<boolean> {
  const { hash, dedicatedTo, usedAt, revokedAt, expiresAt } = machineJoinTokens;
  const mine = and(eq(hash, hashJoinSecret(token.split('.')[0]!)), eq(dedicatedTo, deploymentId));
  const good = and(isNull(usedAt), isNull(revokedAt), sql`${expiresAt} > now() + make_interval(secs => ${SECONDS_LEFT})`);
  return (await db.select({ id: machineJoinTokens.id }).from(machineJoinTokens).where(and(mine, good))).length > 0;
}
