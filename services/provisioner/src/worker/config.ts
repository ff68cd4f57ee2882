/** Configuration of the provisioner's worker. */
import { z } from 'zod';

export const configSchema = z.object({
  /** Postgres, role of the provisioner. */
  PROVISIONER_DATABASE_URL: z.url(),
  /** Postgres, role of the job queue. */
  JOBS_DATABASE_URL: z.url(),
  /** Redis or Valkey for the job queue; without it the queue is in Postgres. */
  REDIS_URL: z.url().optional(),
  /** How often everything that is behind is looked at, whatever was heard. */
  ROOKERY_RESYNC_SECONDS: z.coerce.number().positive().max(3_600).default(10),
  /** Unix socket for /healthz, /readyz and /metrics. */
  WORKER_HEALTH_SOCKET: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type Config = z.infer<typeof configSchema>;
