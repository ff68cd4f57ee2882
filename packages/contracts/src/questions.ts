/**
 * Questions: live data that is never stored. api → machine stream → agent → runtime admin socket, and the answer back.
 * Two seconds from asking to answer, at most 1 MiB; a question never wakes a sleeping runtime.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';

export const QUESTION_TIMEOUT_MS = 2_000;
export const ANSWER_BYTES_MAX = 1024 * 1024;

/** One client as the runtime knows it. Times are ISO 8601, counters are of this session since its connect. */
export const clientSnapshotSchema = z.object({
  clientId: z.string(),
  username: z.string().nullable(),
  connected: z.boolean(),
  protocolVersion: z.enum(['3.1', '3.1.1', '5.0']),
  transport: z.enum(['tcp', 'tls', 'ws', 'wss', 'unix']),
  tlsVersion: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  connectedAt: z.string().nullable(),
  disconnectedAt: z.string().nullable(),
  cleanStart: z.boolean(),
  keepAliveSeconds: z.number().int(),
  sessionExpirySeconds: z.number().int(),
  subscriptions: z.number().int(),
  inflight: z.number().int(),
  queueLength: z.number().int(),
  messagesReceived: z.number(),
  messagesSent: z.number(),
  messagesDropped: z.number(),
  /** Messages per second that it was sent, mean of the last few seconds. */
  messagesSentPerSecond: z.number().nonnegative(),
});
export type ClientSnapshot = z.infer<typeof clientSnapshotSchema>;

export const subscriptionSnapshotSchema = z.object({
  clientId: z.string(),
  topicFilter: z.string(),
  qos: z.number().int().min(0).max(2),
  noLocal: z.boolean(),
  retainAsPublished: z.boolean(),
  retainHandling: z.number().int().min(0).max(2),
});
export type SubscriptionSnapshot = z.infer<typeof subscriptionSnapshotSchema>;

/** What a client did wrong or was refused for. Kept for a while, newest first, also after it was sent away. */
export const clientFaultSchema = z.object({
  at: z.string(),
  /** MQTT 5 reason code. */
  reasonCode: z.number().int().min(0).max(255),
  /** For people; names the norm where one was broken. */
  message: z.string(),
  remoteAddress: z.string().nullable(),
});
export type ClientFault = z.infer<typeof clientFaultSchema>;

const page = z.object({ first: z.number().int().min(1).max(100).default(50), after: z.string().nullable().default(null) });

function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), endCursor: z.string().nullable(), hasNextPage: z.boolean(), totalCount: z.number().int() });
}

/** Arguments and answer of every kind of question. Cursors are opaque and good for one incarnation. */
export const QUESTIONS = {
  'clients.list': {
    arguments: page.extend({ search: z.string().max(256).default('') }),
    answer: pageOf(clientSnapshotSchema),
  },
  'clients.get': {
    arguments: z.object({ clientId: z.string() }),
    answer: clientSnapshotSchema.extend({ subscriptionList: z.array(subscriptionSnapshotSchema) }).nullable(),
  },
  'clients.faults': {
    arguments: z.object({ clientId: z.string() }),
    answer: z.object({ items: z.array(clientFaultSchema) }),
  },
  'clients.disconnect': {
    arguments: z.object({ clientId: z.string() }),
    answer: z.object({ disconnected: z.boolean() }),
  },
  'subscriptions.list': {
    arguments: page.extend({ search: z.string().max(256).default('') }),
    answer: pageOf(subscriptionSnapshotSchema),
  },
} as const;
export type QuestionKind = keyof typeof QUESTIONS;
export type QuestionArguments<K extends QuestionKind> = z.infer<(typeof QUESTIONS)[K]['arguments']>;
export type QuestionAnswer<K extends QuestionKind> = z.infer<(typeof QUESTIONS)[K]['answer']>;
export const QUESTION_KINDS = Object.keys(QUESTIONS) as [QuestionKind, ...QuestionKind[]];

export const QUESTION_FAILURES = ['RUNTIME_ASLEEP', 'RUNTIME_UNREACHABLE', 'RUNTIME_TIMEOUT', 'ANSWER_TOO_LARGE', 'BAD_REQUEST'] as const;

export const questionSchema = z.object({
  questionId: idSchema('question'),
  /** Private base URL of the api that waits for the answer. */
  askedBy: z.string(),
  deploymentId: idSchema('deployment'),
  kind: z.enum(QUESTION_KINDS),
  arguments: z.record(z.string(), z.unknown()),
  deadlineAt: z.string(),
});
export type Question = z.infer<typeof questionSchema>;

export const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.enum(QUESTION_FAILURES), message: z.string() }),
]);
export type Answer = z.infer<typeof answerSchema>;
