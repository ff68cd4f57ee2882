/** Names of queues and jobs. A job says *look* and carries ids only; everything else is read from Postgres. */
import { z } from 'zod';
import { idSchema } from './ids.js';

export const RECONCILE_QUEUE = 'reconcile';
/**
 * Job `deployment`: look at one deployment. Job `resync`: enqueue every deployment that is behind. Job `compare`: find drift.
 * Job `export`: make the exports that are due. Job `exports`: remove those that have expired, and look for what nobody told of.
 */
export const reconcileJobSchema = z.object({ deploymentId: idSchema('deployment') });
export type ReconcileJob = z.infer<typeof reconcileJobSchema>;

export const MAIL_QUEUE = 'mail';
/** `test`: that mail can be sent. `invite`: a link with which one may sign up as operator; it is made when the mail is sent. */
export const mailJobSchema = z.object({ mail: z.enum(['test', 'invite']), to: z.email('must be an e-mail address').max(254) });
export type MailJob = z.infer<typeof mailJobSchema>;
