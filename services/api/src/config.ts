/** Configuration of the api (docs/reference/config.md is made from this). */
import { readFileSync } from 'node:fs';
import { CERTIFICATE_SECONDS_DEFAULT } from '@rookery/contracts/machine-door';
import { DEFAULT_PLANS, type Plan, planFileSchema } from '@rookery/contracts/plans';
import { objectStoreSchema } from '@rookery/service-kit/open-object-store';
import { keySettings } from '@rookery/service-kit/open-keys';
import { z } from 'zod';
import { mailSchema } from './mail/mailer.js';
import { privateUrlOf } from './server/private-url.js';

const path = z.string().min(1);

const settings = z.object({
  /** Postgres, role of the api. */
  API_DATABASE_URL: z.url(),
  /** Postgres, role of the job queue. */
  JOBS_DATABASE_URL: z.url(),
  /** Redis or Valkey for the job queue; without it the queue is in Postgres. */
  REDIS_URL: z.url().optional(),
  ROOKERY_BIND: z.string().default('127.0.0.1'),
  ROOKERY_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Address at which people reach the console. Default: http://localhost:ROOKERY_PORT. */
  PUBLIC_URL: z.url().optional(),
  /** Where agents, other apis and the launcher come in: the path of a unix socket, or host:port. Never public. */
  API_PRIVATE_LISTEN: path,
  /** How they reach it: unix:/path or http://host:port. Default: made from API_PRIVATE_LISTEN; for 0.0.0.0, this machine's own address. */
  API_PRIVATE_URL: path.optional(),
  /** Where machines come in by TLS with certificates of their own: host:port. Without it there is no such door. */
  API_MACHINES_LISTEN: z
    .string()
    .regex(/^\S*:\d{1,5}$/, 'must be host:port')
    .optional(),
  /** How machines reach it: https://host:port. Default: made from API_MACHINES_LISTEN. */
  API_MACHINES_URL: z.url({ protocol: /^https$/ }).optional(),
  /** Life of a machine's certificate; it is renewed at two thirds of it, so an api may be away for the last third. */
  API_MACHINE_CERTIFICATE_SECONDS: z.coerce.number().int().min(10).max(2_592_000).default(CERTIFICATE_SECONDS_DEFAULT),
  ROOKERY_SIGN_UP: z.enum(['open', 'invite', 'closed']).default('open'),
  /** JSON file that replaces the table of plans. */
  ROOKERY_PLANS: path.optional(),
  /** Keys of the sealed secrets, newest first: each 32 bytes in base64. Usually given as KEK_FILE. */
  KEK: keySettings.KEK,
  /** File of the keys: what changes in it reaches a process that runs. */
  KEK_FILE: keySettings.KEK_FILE,
  /** Instead of a file: `kms:` and the ARN of a key of AWS KMS, which then guards the keys of the sealed secrets. */
  ROOKERY_KEK: keySettings.ROOKERY_KEK,
  /** Name of this installation towards AWS: wrapped keys and tags are bound to it. Never to be changed. */
  ROOKERY_INSTALLATION: keySettings.ROOKERY_INSTALLATION,
  /** Signs the cookies of log-in sessions. */
  SESSION_SECRET: z.string().min(16),
  /** How mail leaves: `smtp://user:password@host:587`, `smtps://…`, or `ses:<region>` for Amazon SES; without it none does. */
  ROOKERY_MAIL: mailSchema.optional(),
  /** Sender of all mail; needed with ROOKERY_MAIL. */
  ROOKERY_MAIL_FROM: z.string().min(3).optional(),
  /** Where the files of exports are kept, the same as the worker's: `s3://bucket`, or the path of a folder that both see. Without it nothing can be exported. */
  ROOKERY_EXPORTS: objectStoreSchema.optional(),
  /** Health sockets of the other processes, whose figures /metrics gathers: `worker=/path,edge-0=/path`. */
  METRICS_SOCKETS: z
    .string()
    .default('')
    .transform((text) =>
      text.split(',').flatMap((entry) => (entry.includes('=') ? [entry.split('=', 2) as [name: string, path: string]] : [])),
    ),
  /** Certificate authority of this installation, PEM; served at /ca.pem. */
  CA_FILE: path.optional(),
  /** Folder of the built console. */
  WEB_ROOT: path.optional(),
  ROOKERY_DOMAIN: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export const configSchema = settings
  .refine(({ ROOKERY_MAIL, ROOKERY_MAIL_FROM }) => ROOKERY_MAIL === undefined || ROOKERY_MAIL_FROM !== undefined, {
    path: ['ROOKERY_MAIL_FROM'],
    message: 'is needed with ROOKERY_MAIL: the sender, such as Rookery <rookery@example.com>',
  })
  .refine(({ KEK, ROOKERY_KEK }) => KEK !== undefined || ROOKERY_KEK !== undefined, {
    path: ['KEK'],
    message: 'is needed: a key of 32 bytes in base64, usually as KEK_FILE; or ROOKERY_KEK, a key of AWS KMS',
  });

export type Config = Omit<z.infer<typeof configSchema>, 'API_MACHINES_URL'> & {
  PUBLIC_URL: string;
  API_PRIVATE_URL: string;
  API_MACHINES_URL: string | null;
};

/** Fills in what follows from other settings. */
export function completeConfig(given: z.infer<typeof configSchema>): Config {
  return {
    ...given,
    PUBLIC_URL: given.PUBLIC_URL ?? `http://localhost:${given.ROOKERY_PORT}`,
    API_MACHINES_URL: given.API_MACHINES_URL ?? (given.API_MACHINES_LISTEN === undefined ? null : `https://${given.API_MACHINES_LISTEN}`),
    API_PRIVATE_URL: given.API_PRIVATE_URL ?? privateUrlOf(given.API_PRIVATE_LISTEN),
  };
}

export function readPlans(file: string | undefined): readonly Plan[] {
  return file === undefined ? DEFAULT_PLANS : planFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
