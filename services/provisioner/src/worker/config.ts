/** Configuration of the provisioner's worker. */
import { join } from 'node:path';
import { namespaceSchema } from '@rookery/service-kit/aws/cloudwatch';
import { bucketUrlSchema } from '@rookery/service-kit/aws/s3';
import { objectStoreSchema } from '@rookery/service-kit/open-object-store';
import { keySettings } from '@rookery/service-kit/open-keys';
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
  /** How often what was made is compared with what is there. */
  ROOKERY_COMPARE_SECONDS: z.coerce.number().positive().max(86_400).default(900),
  /** Engine for deployments of docker cells, like unix:///var/run/docker.sock; without it this worker makes none. */
  DOCKER_HOST: z.string().optional(),
  /** Terraform, or OpenTofu. */
  TERRAFORM_BIN: z.string().default('terraform'),
  /** Folder of the modules and stacks. */
  TERRAFORM_SOURCE: z.string().default(join(import.meta.dirname, '../../../../infra/terraform')),
  /** Folder for the runs of Terraform, private to this worker's user; without it this worker makes no containers and no machines. */
  TERRAFORM_HOME: z.string().optional(),
  /** Keys that seal Terraform's states and exports, the same as the api's; needed with TERRAFORM_HOME and ROOKERY_EXPORTS. */
  KEK: keySettings.KEK,
  /** File of the keys: what changes in it reaches a process that runs. */
  KEK_FILE: keySettings.KEK_FILE,
  /** Instead of a file: `kms:` and the ARN of a key of AWS KMS, the same as the api's. */
  ROOKERY_KEK: keySettings.ROOKERY_KEK,
  /** Name of this installation towards AWS: wrapped keys and tags are bound to it. Never to be changed. */
  ROOKERY_INSTALLATION: keySettings.ROOKERY_INSTALLATION,
  /** Bucket for the sealed states of Terraform, `s3://bucket` or `s3://bucket/folder`; without it they are in Postgres. */
  ROOKERY_BUCKET: bucketUrlSchema.optional(),
  /** Where the files of exports are kept, the same as the api's; needs keys. Without it this worker makes none. */
  ROOKERY_EXPORTS: objectStoreSchema.optional(),
  /** Namespace of CloudWatch in which figures of the control plane are published; without it none are. */
  ROOKERY_CLOUDWATCH: namespaceSchema.optional(),
  /** How often they are. */
  ROOKERY_CLOUDWATCH_SECONDS: z.coerce.number().int().min(1).max(3_600).default(60),
  /** For tests: a file that names a place at which the worker shall die; see failpoint.ts. */
  ROOKERY_FAILPOINT_FILE: z.string().min(1).optional(),
  /** Unix socket for /healthz, /readyz and /metrics. */
  WORKER_HEALTH_SOCKET: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
export type Config = z.infer<typeof configSchema>;
