/** Composes what a runtime enforces, from the rows that tenants and operators write. */
import type { PolicyInput } from '@rookery/contracts/policy-document';
import type { deployments } from '@rookery/db/schema/deployments';
import type { accessRules, credentials } from '@rookery/db/schema/policy';

type Row<T extends { $inferSelect: object }> = T['$inferSelect'];

export interface PolicyRows {
  deployment: Pick<Row<typeof deployments>, 'policyRevision' | 'quotas'>;
  credentials: readonly Pick<Row<typeof credentials>, 'username' | 'secretHash'>[];
  /** In their order. */
  accessRules: readonly Pick<Row<typeof accessRules>, 'effect' | 'action' | 'topic' | 'subject'>[];
  pepper: Buffer;
}

export function composePolicy({ deployment, credentials, accessRules, pepper }: PolicyRows): PolicyInput {
  return {
    revision: deployment.policyRevision,
    defaultAccess: 'allow',
    allowAnonymous: false,
    pepper: pepper.toString('base64url'),
    credentials: credentials.map(({ username, secretHash }) => ({ username, secretHash })),
    accessRules: accessRules.map(({ effect, action, topic, subject }) => ({ effect, action, topic, subject })),
    quotas: deployment.quotas,
  };
}
