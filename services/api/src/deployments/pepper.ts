/** The key under which the secrets of a deployment's credentials are hashed. Sealed in the deployment's row. */
import { createHmac } from 'node:crypto';
import type { Place } from '@rookery/service-kit/envelope';

export function pepperPlace(organizationId: string, deploymentId: string): Place {
  return { organizationId, table: 'deployments', row: deploymentId, field: 'sealed_pepper' };
}

/** As the policy document carries it; good for secrets of full strength only, which need no slow hash. */
export function hashSecret(secret: string, pepper: Buffer): string {
  return `hmac-sha256:${createHmac('sha256', pepper).update(secret).digest('base64url')}`;
}
