/** Settings of `npm start`. docs/reference/config.md lists them all. */
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { inRoot } from '../lib/paths.ts';

const port = z.coerce.number().int().min(1).max(65_535);
const processes = z.coerce.number().int().min(1).max(16);

export const settingsSchema = z.object({
  /** Folder for all data. */
  ROOKERY_HOME: z.string().default(inRoot('.rookery')),
  /** Port of console and API. */
  ROOKERY_PORT: port.default(8080),
  /** Address to listen on; anything beyond loopback needs a set-up link for the first log-in. */
  ROOKERY_BIND: z.string().default('127.0.0.1'),
  /** Domain whose sub-domains name deployments on shared ports; without it every deployment has ports of its own. */
  ROOKERY_DOMAIN: z.string().optional(),
  /** Ports for deployments without a domain. */
  ROOKERY_MQTT_PORTS: z.string().default('20000-20999'),
  /** Shared port for MQTT over TLS (with a domain). */
  ROOKERY_MQTTS_PORT: port.default(8883),
  /** Shared port for MQTT over secure WebSocket (with a domain). */
  ROOKERY_WSS_PORT: port.default(8084),
  /** Who may sign up; open on loopback, else by invitation. */
  ROOKERY_SIGN_UP: z.enum(['open', 'invite', 'closed']).optional(),
  /** File with a table of plans that replaces the built-in one. */
  ROOKERY_PLANS: z.string().optional(),
  /** Take several organizations even where nothing walls them off from each other. */
  ROOKERY_ACCEPT_NO_ISOLATION: z.enum(['0', '1']).default('0'),
  /** Strongest isolation level to try. */
  ROOKERY_ISOLATION: z.enum(['auto', 'bubblewrap', 'unshare', 'setpriv', 'plain']).default('auto'),
  /** on: each deployment's data lies in a file system of its own, with room for its store and no more. Needs root. */
  ROOKERY_STORE_IMAGES: z.enum(['on', 'off']).default('off'),
  /** auto: deployments of region local-docker are containers, where an engine and terraform are found. off: never. */
  ROOKERY_DOCKER: z.enum(['auto', 'off']).default('auto'),
  /** Address of the engine; by default the usual socket, where there is one. */
  DOCKER_HOST: z.string().optional(),
  /** Terraform, or OpenTofu. */
  TERRAFORM_BIN: z.string().default('terraform'),
  /** Base of the runtime's image: any Linux with Node 24. */
  NODE_IMAGE: z.string().default('node:24-bookworm-slim'),
  /** Ports of deployments of the docker cell. */
  ROOKERY_DOCKER_MQTT_PORTS: z.string().default('21000-21999'),
  /** on: api and worker get the AWS_… variables of this environment, and the worker makes the machines of cells of kind AWS. */
  ROOKERY_AWS: z.enum(['on', 'off']).default('off'),
  /** With ROOKERY_AWS: name of this installation towards AWS. Never to be changed. */
  ROOKERY_INSTALLATION: z.string().optional(),
  /** With ROOKERY_AWS: `kms:` and the ARN of a key of AWS KMS, which then guards the keys of the sealed secrets. */
  ROOKERY_KEK: z.string().optional(),
  /** With ROOKERY_AWS: bucket for the sealed states of Terraform, `s3://bucket` or `s3://bucket/folder`. */
  ROOKERY_BUCKET: z.string().optional(),
  /** Where the files of exports are kept: the path of a folder, or (with ROOKERY_AWS) `s3://bucket`. Default: ROOKERY_BUCKET, else `exports` in ROOKERY_HOME. */
  ROOKERY_EXPORTS: z.string().optional(),
  /** With ROOKERY_AWS: namespace of CloudWatch in which the worker publishes figures of the control plane. */
  ROOKERY_CLOUDWATCH: z.string().optional(),
  /** How often the worker looks for deployments that are behind. */
  ROOKERY_RESYNC_SECONDS: z.coerce.number().positive().default(10),
  /** Where machines elsewhere come in, host:port (TLS, with certificates of their own); without it none do. Served by the first api. */
  API_MACHINES_LISTEN: z.string().optional(),
  /** How machines reach it; https://host:port. */
  API_MACHINES_URL: z.url().optional(),
  /** Life of a machine's certificate. */
  API_MACHINE_CERTIFICATE_SECONDS: z.coerce.number().int().default(86_400),
  /** Processes of the api, on ports in a row. */
  ROOKERY_API_PROCESSES: processes.default(1),
  /** Processes of the worker. */
  ROOKERY_WORKER_PROCESSES: processes.default(1),
  /** Processes of the edge; by default one per core, at most four. */
  ROOKERY_EDGE_PROCESSES: processes.default(Math.min(4, availableParallelism())),
  /** A Postgres of your own (owner role); without it the embedded one runs. */
  DATABASE_URL: z.string().optional(),
  /** Redis or Valkey for the queue; without it the queue lives in Postgres. */
  REDIS_URL: z.string().optional(),
  /** Address under which people reach the console. */
  PUBLIC_URL: z.url().optional(),
  /** For tests: a file that names a place at which the worker shall die (services/provisioner/src/worker/failpoint.ts). */
  ROOKERY_FAILPOINT_FILE: z.string().optional(),
  /** For tests: another bundle of the broker runtime than the one that was built here. */
  ROOKERY_RUNTIME_ENTRY: z.string().default(inRoot('services/broker-runtime/dist/runtime.mjs')),
  /** fatal, error, warn, info, debug or trace. */
  LOG_LEVEL: z.string().default('info'),
});
export type Settings = z.infer<typeof settingsSchema>;

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}

/**
 * A short folder for sockets that belongs to `home`: a socket path has at most 107 bytes, a checkout path may be longer.
 */
export function runFolder(home: string): string {
  const name = `rookery-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 10)}`;
  const bases = [process.env.XDG_RUNTIME_DIR, tmpdir(), '/tmp'].filter(
    (base) => base !== undefined && base.length < 30 && existsSync(base),
  );
  return join(bases[0] ?? '/tmp', name);
}
