import type { OperationVerb } from '@rookery/contracts/phases';
import { operations } from '@rookery/db/schema/operations';
import type { OrganizationTx } from '@rookery/db/transactions';
import { ERROR_CODES } from '@rookery/contracts/error-codes';
import { newId } from '@rookery/service-kit/ids';
import { and, count, desc, eq, inArray, lt } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';

export type OperationRow = typeof operations.$inferSelect;

const OPEN = ['PENDING', 'RUNNING'] as const;

export interface NewOperation {
  deployment: { id: string; name: string; generation: number };
  verb: OperationVerb;
  requestedBy: string;
}

/** Opens an operation. Those that it overtakes are cancelled: the last wish counts. */
export async function openOperation(tx: OrganizationTx, organizationId: string, wish: NewOperation): Promise<OperationRow> {
  await tx
    .update(operations)
    .set({ state: 'CANCELLED', finishedAt: new Date(), errorCode: 'CANCELLED', errorMessage: ERROR_CODES.CANCELLED.title })
    .where(
      and(eq(operations.organizationId, organizationId), eq(operations.deploymentId, wish.deployment.id), inArray(operations.state, OPEN)),
    );
  const [row] = await tx
    .insert(operations)
    .values({
      organizationId,
      id: newId('operation'),
      deploymentId: wish.deployment.id,
      deploymentName: wish.deployment.name,
      generation: wish.deployment.generation,
      verb: wish.verb,
      requestedBy: wish.requestedBy,
    })
    .returning();
  return row!;
}

export async function findOperation(tx: OrganizationTx, organizationId: string, id: string): Promise<OperationRow | null> {
  const [row] = await tx
    .select()
    .from(operations)
    .where(and(eq(operations.organizationId, organizationId), eq(operations.id, id)));
  return row ?? null;
}

/** Newest first. */
export async function listOperations(tx: OrganizationTx, organizationId: string, deploymentId: string | null, page: Page) {
  const scope = and(
    eq(operations.organizationId, organizationId),
    deploymentId === null ? undefined : eq(operations.deploymentId, deploymentId),
  );
  const before = page.after === null ? undefined : lt(operations.id, page.after);
  const rows = await tx
    .select()
    .from(operations)
    .where(and(scope, before))
    .orderBy(desc(operations.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(operations).where(scope);
  return { rows, totalCount: total!.count };
}

export function openOperationsOf(tx: OrganizationTx, organizationId: string, deploymentIds: readonly string[]): Promise<OperationRow[]> {
  const mine = and(eq(operations.organizationId, organizationId), inArray(operations.deploymentId, [...deploymentIds]));
  return tx
    .select()
    .from(operations)
    .where(and(mine, inArray(operations.state, OPEN)));
}
