/**
 * Idempotency keys: the same create request, sent again, answers what it answered the first time; another request
 * under the same key is refused. Requests that race wait for each other inside the database.
 */
import { createHash } from 'node:crypto';
import { idempotencyKeys } from '@rookery/db/schema/organizations';
import type { OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { and, eq } from 'drizzle-orm';
import type { Envelope } from '@rookery/service-kit/envelope';

const SECRET_SHOWN_MS = 10 * 60_000;

export interface Created {
  resourceId: string;
  operationId?: string;
  /** Shown once, and for ten minutes to the same key. */
  secret?: string;
}

export interface IdempotentRequest {
  organizationId: string;
  mutation: string;
  key: string | null | undefined;
  input: Record<string, unknown>;
}

/** Runs `create`, or returns what the same request made before. */
export async function createOnce(
  tx: OrganizationTx,
  envelope: Envelope,
  request: IdempotentRequest,
  create: () => Promise<Created>,
): Promise<Created & { replayed: boolean }> {
  const { organizationId, mutation, key } = request;
  if (key === null || key === undefined) return { ...(await create()), replayed: false };
  const requestHash = hashOf(request.input);
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({ organizationId, mutation, key, requestHash })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  const here = and(
    eq(idempotencyKeys.organizationId, organizationId),
    eq(idempotencyKeys.mutation, mutation),
    eq(idempotencyKeys.key, key),
  );
  const place = { organizationId, table: 'idempotency_keys', row: `${mutation} ${key}`, field: 'sealed_secret' };
  if (claimed.length > 0) {
    const created = await create();
    const sealedSecret = created.secret === undefined ? null : envelope.seal(Buffer.from(created.secret), place);
    await tx
      .update(idempotencyKeys)
      .set({ resourceId: created.resourceId, operationId: created.operationId ?? null, sealedSecret })
      .where(here);
    return { ...created, replayed: false };
  }
  const [earlier] = await tx.select().from(idempotencyKeys).where(here);
  if (!earlier || earlier.requestHash !== requestHash) throw new AppError('IDEMPOTENCY_MISMATCH', { path: ['input', 'idempotencyKey'] });
  const shown = earlier.sealedSecret !== null && Date.now() - earlier.createdAt.getTime() < SECRET_SHOWN_MS;
  return {
    resourceId: earlier.resourceId!,
    ...(earlier.operationId === null ? {} : { operationId: earlier.operationId }),
    ...(shown ? { secret: envelope.open(earlier.sealedSecret!, place).toString() } : {}),
    replayed: true,
  };
}

/** Absent, undefined and null are one and the same; the order of keys says nothing. */
function hashOf(input: Record<string, unknown>): string {
  const given = Object.entries(input).filter(([key, value]) => key !== 'idempotencyKey' && value !== undefined && value !== null);
  return createHash('sha256')
    .update(JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
}
