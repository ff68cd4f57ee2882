/** Makes the one-use tokens by which machines join. The api makes them for operators, the worker for machines of its own. */
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from './pool.js';
import { machineAuthority, machineJoinTokens } from './schema/machines.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

/** Enough to tell tokens apart, far too little to guess one. */
const PREFIX_CHARACTERS = 11;
/** Spent and stale tokens are kept for a while: an operator may want to know who came in by which. */
const KEPT = sql`interval '30 days'`;

export interface NewJoinToken {
  cellId: string;
  /** Lets this known machine in again; null: a new machine. */
  forMachineId: string | null;
  /** The deployment that will have the machine to itself; its unused older token is replaced. */
  dedicatedTo: string | null;
  seconds: number;
  /** Words for people. */
  createdBy: string;
}

/** The token is in the answer and nowhere else. Throws UNAVAILABLE while the installation has no machine CA. */
export async function makeJoinToken(db: Database | Transaction, wish: NewJoinToken): Promise<{ id: string; token: string }> {
  const [authority] = await db.select({ certificate: machineAuthority.certificate }).from(machineAuthority);
  if (authority === undefined) throw new AppError('UNAVAILABLE', { message: 'No api has opened a door for machines yet.', retry: 'later' });
  const { seconds, ...row } = wish;
  const secret = `rkj_${randomBytes(32).toString('base64url')}`;
  const id = newId('joinToken');
  await db.delete(machineJoinTokens).where(lt(machineJoinTokens.expiresAt, sql`now() - ${KEPT}`));
  if (wish.dedicatedTo !== null)
    await db.delete(machineJoinTokens).where(and(eq(machineJoinTokens.dedicatedTo, wish.dedicatedTo), isNull(machineJoinTokens.usedAt)));
  await db.insert(machineJoinTokens).values({
    ...row,
    id,
    hash: hashJoinSecret(secret),
    prefix: secret.slice(0, PREFIX_CHARACTERS),
    expiresAt: sql`now() + make_interval(secs => ${seconds})`,
  });
  return { id, token: `${secret}.${authorityPin(authority.certificate)}` };
}

/** Of the token's first half; 256 random bits need no slow hash. */
export function hashJoinSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** SHA-256 of the CA's public key (SPKI), base64url: the token's second half. */
export function authorityPin(certificatePem: string): string {
  const spki = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url');
}
