/** Names of queues and jobs. A job says *look* and carries ids only; everything else is read from Postgres. */
import { z } from 'zod';
import { idSchema } from './ids.js';

export const RECONCILE_QUEUE = 'reconcile';
/** Job `deployment`: look at one deployment. Job `resync`: enqueue every deployment that is behind. */
export const reconcileJobSchema = z.object({ deploymentId: idSchema('deployment') });
export type ReconcileJob = z.infer<typeof reconcileJobSchema>;
