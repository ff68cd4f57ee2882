/** The token by which the machine of a deployment joins its cell. A new one replaces the last that was not used. */
import { makeJoinToken } from '@rookery/db/join-tokens';
import type { Database } from '@rookery/db/pool';
import type { MakeJoinToken } from '../terraform/aws-stacks.js';

/** A machine that boots slowly, and one that was repaired a day later. */
const SECONDS = 24 * 3_600;

export function joinTokensOf(db: Database): MakeJoinToken {
  return async ({ cellId, deploymentId }) => {
    const wish = { cellId, dedicatedTo: deploymentId, forMachineId: null, seconds: SECONDS, createdBy: 'provisioner' };
    return (await makeJoinToken(db, wish)).token;
  };
}
