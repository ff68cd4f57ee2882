/**
 * The runtime's admin socket: one JSON object per line, both ways, over a unix socket that only the agent can reach.
 * The runtime listens; whoever connects says `hello` first. A runtime that was started with `--await-policy`
 * accepts no MQTT client before its first `policy`.
 */
import { z } from 'zod';
import { policyDocumentSchema } from './policy-document.js';
import { answerSchema, QUESTION_KINDS } from './questions.js';
import { runtimeReportSchema } from './reports.js';

export const ADMIN_PROTOCOL_VERSION = 1;
/** Longest line either side accepts, in bytes. */
export const ADMIN_LINE_BYTES_MAX = 16 * 1024 * 1024;

/** How long a runtime that has agreed to rest waits for its end. */
export const REST_SECONDS_MAX = 15;

export const adminRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.literal(ADMIN_PROTOCOL_VERSION) }),
  /** Applied to live sessions; answered by `applied`. A revision older than the applied one is ignored, and still answered. */
  z.object({ type: z.literal('policy'), document: policyDocumentSchema }),
  z.object({
    type: z.literal('question'),
    questionId: z.string(),
    kind: z.enum(QUESTION_KINDS),
    arguments: z.record(z.string(), z.unknown()),
  }),
  /**
   * May it sleep? Answered by `rest`. One that agrees has taken its door away and holds what it has on disk; it waits for
   * its end, and opens again when the agent is gone or REST_SECONDS_MAX are over. The agent is the only one that asks.
   */
  z.object({
    type: z.literal('rest'),
    /** Least time without a client. */
    idleMs: z.number().int().nonnegative(),
    /** Least time that nothing may be due in. */
    quietMs: z.number().int().nonnegative(),
  }),
  /** Clients get DISCONNECT 0x8B (server shutting down), the store is closed, the process exits 0. */
  z.object({ type: z.literal('stop') }),
]);
export type AdminRequest = z.infer<typeof adminRequestSchema>;

export const adminMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.number().int(),
    deploymentId: z.string().nullable(),
    incarnation: z.string(),
    pid: z.number().int(),
    startedAt: z.string(),
    appliedRevision: z.number().int().nonnegative(),
    /** Whether MQTT clients are accepted now. */
    ready: z.boolean(),
  }),
  z.object({ type: z.literal('applied'), revision: z.number().int().nonnegative() }),
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('answer'), questionId: z.string(), answer: answerSchema }),
  /** Sent about once a second while something changes, else every ten seconds. `deploymentId` is '' for a broker that runs alone. */
  z.object({ type: z.literal('report'), report: runtimeReportSchema.extend({ deploymentId: z.string() }) }),
  z.object({
    type: z.literal('rest'),
    granted: z.boolean(),
    /** Time since the last client that was let in went, or since the start; 0 while one is here. */
    idleMs: z.number().int().nonnegative(),
    /** Clients that were let in since the start. */
    accepted: z.number().int().nonnegative(),
    /** When something falls due of which others would notice (a will), ISO 8601; null: nothing. */
    nextWakeAt: z.string().nullable(),
  }),
  z.object({ type: z.literal('problem'), code: z.string(), message: z.string() }),
]);
export type AdminMessage = z.infer<typeof adminMessageSchema>;
