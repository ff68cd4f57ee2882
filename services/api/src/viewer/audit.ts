/** Appends to the audit log, in the transaction of the write that it records. Never pass a secret. */
import type { OrganizationTx } from '@rookery/db/transactions';
import { auditLog } from '@rookery/db/schema/organizations';
import type { Viewer } from './viewer.js';

export interface AuditEntry {
  /** The mutation's name. */
  action: string;
  /** Id of the thing that changed. */
  subject: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

export async function audit(tx: OrganizationTx, viewer: Viewer, organizationId: string, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLog).values({ organizationId, actor: viewer.actor, context: viewer.context, ...entry });
}
