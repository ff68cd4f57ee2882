import { deployments } from '@rookery/db/schema/deployments';
import { notices } from '@rookery/db/schema/notices';
import type { OrganizationTx } from '@rookery/db/transactions';
import { and, asc, count, eq, getTableColumns, gt, isNull } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';
import type { Notice } from './notices.model.js';

/** Those that nobody has dismissed, of one deployment or of all; oldest first. */
export async function listNotices(tx: OrganizationTx, organizationId: string, deploymentId: string | null, page: Page) {
  const scope = and(
    eq(notices.organizationId, organizationId),
    isNull(notices.dismissedAt),
    deploymentId === null ? undefined : eq(notices.deploymentId, deploymentId),
  );
  const after = page.after === null ? undefined : gt(notices.id, page.after);
  const rows: Notice[] = await tx
    .select({ ...getTableColumns(notices), deploymentName: deployments.name })
    .from(notices)
    .innerJoin(deployments, and(eq(deployments.organizationId, notices.organizationId), eq(deployments.id, notices.deploymentId)))
    .where(and(scope, after))
    .orderBy(asc(notices.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(notices).where(scope);
  return { rows, totalCount: total!.count };
}

export async function dismissNotice(tx: OrganizationTx, organizationId: string, id: string): Promise<void> {
  await tx
    .update(notices)
    .set({ dismissedAt: new Date() })
    .where(and(eq(notices.organizationId, organizationId), eq(notices.id, id), isNull(notices.dismissedAt)));
}
