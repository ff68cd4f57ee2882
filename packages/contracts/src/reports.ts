/**
 * Reports: runtime and edge → agent → api. Counters are cumulative per incarnation (usage = last − first), so a report
 * that is lost or sent twice changes nothing; (incarnation, sequence) names each one.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';
import { brokerVersionSchema } from './version.js';
import { ISOLATION_LEVELS, RUNTIME_STATES, WAKE_CAUSES } from './phases.js';

const counter = z.number().int().nonnegative();

/** The limits that a runtime enforces, named like the quotas (plans.ts) that set them. */
export const RUNTIME_LIMITS = [
  'clientsMax',
  'sessionsMax',
  'messagesPerSecondMax',
  'clientPublishPerSecondMax',
  'packetBytesMax',
  'subscriptionsPerClientMax',
  'topicLevelsMax',
  'queueLengthMax',
  'inflightMax',
  'retainedMax',
  'storeBytesMax',
] as const;
export type RuntimeLimit = (typeof RUNTIME_LIMITS)[number];

export const runtimeCountersSchema = z.object({
  /** PUBLISH packets accepted from clients. */
  messagesReceived: counter,
  /** PUBLISH packets written to clients. */
  messagesSent: counter,
  messagesDropped: counter,
  bytesReceived: counter,
  bytesSent: counter,
  connectsAccepted: counter,
  connectsRefused: counter,
  publishesDenied: counter,
  subscribesDenied: counter,
  protocolErrors: counter,
  /** Times a limit of the plan was met: the sum of `limitHits`. */
  quotaHits: counter,
  /** The same by limit: refused, held back or dropped because of it. A limit that was never met may be missing. */
  limitHits: z.partialRecord(z.enum(RUNTIME_LIMITS), counter).default({}),
});
export type RuntimeCounters = z.infer<typeof runtimeCountersSchema>;

export const runtimeGaugesSchema = z.object({
  clients: counter,
  sessions: counter,
  subscriptions: counter,
  retained: counter,
  queued: counter,
  storeBytes: counter,
  memoryBytes: counter,
});
export type RuntimeGauges = z.infer<typeof runtimeGaugesSchema>;

export const runtimeReportSchema = z.object({
  deploymentId: idSchema('deployment'),
  /** A fresh id per process start. */
  incarnation: z.string().min(1).max(64),
  sequence: z.number().int().positive(),
  at: z.string(),
  appliedRevision: z.number().int().nonnegative(),
  counters: runtimeCountersSchema,
  gauges: runtimeGaugesSchema,
});
export type RuntimeReport = z.infer<typeof runtimeReportSchema>;

/** The meter: counted by the edge, never by the tenant's own process. */
export const edgeUsageSchema = z.object({
  deploymentId: idSchema('deployment'),
  /** `<edge process>.<start>`: a fresh id per edge process start. */
  incarnation: z.string().min(1).max(64),
  sequence: z.number().int().positive(),
  bytesIn: counter,
  bytesOut: counter,
  connectionSeconds: z.number().nonnegative(),
  connections: counter,
});
export type EdgeUsage = z.infer<typeof edgeUsageSchema>;

/** How a deployment sleeps and wakes, counted by its machine over its whole life there. */
export const sleepReportSchema = z.object({
  /** Null: it is awake. */
  asleepSince: z.string().nullable(),
  /** When it wakes by itself; null: only a client wakes it. */
  nextWakeAt: z.string().nullable(),
  wakes: counter,
  /** `ms`: from the request to the open door. */
  lastWake: z.object({ cause: z.enum(WAKE_CAUSES), at: z.string(), ms: counter }).nullable(),
});
export type SleepReport = z.infer<typeof sleepReportSchema>;

/** What the agent sees of a runtime. */
export const runtimeStateReportSchema = z.object({
  deploymentId: idSchema('deployment'),
  generation: z.number().int().positive(),
  incarnation: z.string().max(64).nullable(),
  state: z.enum(RUNTIME_STATES),
  isolation: z.enum(ISOLATION_LEVELS).nullable(),
  /** What runs, or would at the next start; null: not known. */
  brokerVersion: brokerVersionSchema.nullable().default(null),
  appliedRevision: z.number().int().nonnegative(),
  restarts: counter,
  /** Null: it has never slept there. */
  sleep: sleepReportSchema.nullable().default(null),
  /** Set with FAILED and EXITED: a code of error-codes.ts and words for people. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  at: z.string(),
});
export type RuntimeStateReport = z.infer<typeof runtimeStateReportSchema>;

export const machineReportSchema = z.object({
  machineId: idSchema('machine'),
  states: z.array(runtimeStateReportSchema).max(10_000),
  reports: z.array(runtimeReportSchema).max(10_000),
  usage: z.array(edgeUsageSchema).max(10_000),
});
export type MachineReport = z.infer<typeof machineReportSchema>;
