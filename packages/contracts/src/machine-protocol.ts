/**
 * Between a machine's agent and the api's private listener.
 *
 * `GET /agent/stream?machineId=…` is a server-sent event stream: `id:` is the cursor (send it back as `Last-Event-ID`),
 * `event:` is one of {@link MACHINE_EVENTS}, `data:` is the JSON below. A comment line comes every 15 seconds.
 * Postgres notifications only hint; the cursor is the truth.
 *
 * `POST /agent/join`, `POST /agent/reports`, `POST /agent/answers/{questionId}` take and give JSON.
 */
import { z } from 'zod';
import { dockerFactsSchema } from './cells.js';
import { idSchema } from './ids.js';
import { ISOLATION_LEVELS } from './phases.js';
import { sleepAfterSecondsSchema } from './plans.js';
import { policyDocumentSchema } from './policy-document.js';
import { questionSchema } from './questions.js';
import { runtimeSpecSchema } from './runtime-spec.js';
import { brokerVersionSchema } from './version.js';

export const STREAM_COMMENT_MS = 15_000;

/** Null: it never sleeps. Not the runtime's business, so no part of the policy; a change of it comes as the policy's do. */
const sleepAfterSeconds = sleepAfterSecondsSchema.nullable().default(null);

/** A deployment as a machine must know it: what to run, under which policy, and when it may sleep. Always all, always whole. */
export const machineDeploymentSchema = z.object({ runtime: runtimeSpecSchema, policy: policyDocumentSchema, sleepAfterSeconds });
export type MachineDeployment = z.infer<typeof machineDeploymentSchema>;

export const MACHINE_EVENTS = {
  /** All deployments of the machine, in pieces; `complete` on the last. A deployment that no piece named must not run. */
  snapshot: z.object({ deployments: z.array(machineDeploymentSchema), complete: z.boolean() }),
  /** The policy of one deployment has a new revision. */
  change: z.object({ deploymentId: idSchema('deployment'), policy: policyDocumentSchema, sleepAfterSeconds }),
  /** A deployment was placed here, or its desired state changed. */
  runtime: machineDeploymentSchema,
  question: questionSchema,
  /** The cursor is too old or unknown: forget it; a snapshot follows. */
  reset: z.object({ reason: z.string() }),
} as const;
export type MachineEventName = keyof typeof MACHINE_EVENTS;
export type MachineEvent<N extends MachineEventName> = z.infer<(typeof MACHINE_EVENTS)[N]>;

export const joinRequestSchema = z.object({
  /** Kept by the agent from its first join; absent the first time. */
  machineId: idSchema('machine').nullable(),
  name: z.string().min(1).max(128),
  region: z.string().min(1).max(64),
  cell: z.string().min(1).max(64),
  /** Given by a machine whose deployments are containers; its cell is of kind docker. */
  docker: dockerFactsSchema.nullable().default(null),
  isolation: z.enum(ISOLATION_LEVELS),
  /** The newest runtime that it has. */
  runtimeVersion: brokerVersionSchema.nullable().default(null),
  /** Of this machine: how much can be started on it at a time. */
  processors: z.number().int().positive().max(65_536).default(2),
  /** Host name that clients of this machine use when there is no domain. */
  host: z.string().min(1),
  /** Domain for `<slug>.<domain>` on the shared ports; null on a laptop. */
  domain: z.string().nullable(),
  mqttPorts: z.object({ first: z.number().int(), last: z.number().int() }),
  sharedPorts: z.object({ mqtts: z.number().int(), wss: z.number().int() }).nullable(),
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinResponseSchema = z.object({ machineId: idSchema('machine'), cellId: idSchema('cell') });
export type JoinResponse = z.infer<typeof joinResponseSchema>;
