/**
 * The policy document: everything a runtime enforces, in one value with one revision.
 * The control plane composes it, the agent keeps the last good one sealed, the runtime applies it to live sessions.
 * `npm run broker -- --policy FILE` reads the same shape, where a plain `password` may stand for a `secretHash`.
 */
import { z } from 'zod';
import { DEFAULT_QUOTAS, quotasSchema } from './plans.js';

/**
 * `hmac-sha256:<base64url>`: HMAC-SHA-256 of the secret, keyed with the document's `pepper` (both raw bytes).
 * For secrets of 160 random bits that we made; chosen secrets bring slow hashes with the access issue.
 */
const secretHashSchema = z.string().regex(/^hmac-sha256:[A-Za-z0-9_-]{43}$/, 'must be hmac-sha256:<base64url of 32 bytes>');

export const credentialPolicySchema = z
  .object({
    username: z.string().min(1).max(256),
    secretHash: secretHashSchema.optional(),
    /** Only in hand-written policy files; hashed when the file is read. */
    password: z.string().max(65_535).optional(),
  })
  .refine((credential) => (credential.secretHash === undefined) !== (credential.password === undefined), {
    message: 'give exactly one of secretHash and password',
  });
export type CredentialPolicy = z.infer<typeof credentialPolicySchema>;

const subjectSchema = z
  .union([
    z.enum(['all', '*']).transform(() => ({}) as { username?: string; clientId?: string }),
    z.strictObject({ username: z.string().min(1).optional(), clientId: z.string().min(1).optional() }),
  ])
  .default({});

/** The first rule that matches decides. An empty subject is everyone; every member that is given must match. */
export const accessRulePolicySchema = z.object({
  id: z.string().optional(),
  effect: z.enum(['allow', 'deny']),
  action: z.enum(['publish', 'subscribe', 'all']),
  /**
   * A topic filter; may hold the placeholders `{clientId}` and `{username}` as whole levels. `eq a/+` concerns a subscription
   * to that very filter, and not what else it covers or overlaps.
   */
  topic: z.string().min(1).max(65_535),
  subject: subjectSchema,
});
export type AccessRulePolicy = z.infer<typeof accessRulePolicySchema>;

/** Messages of one topic filter wait before others; 0 is what all other topics have. The first filter that matches decides. */
export const topicPrioritySchema = z.object({
  topic: z.string().min(1).max(65_535),
  priority: z.number().int().min(0).max(255),
});
export type TopicPriority = z.infer<typeof topicPrioritySchema>;

/** What waits for a client that is offline or slow; how many is the quota `queueLengthMax`. */
export const queuePolicySchema = z.object({
  /** A full queue gives up its `oldest` message, or will `refuse` the new one. */
  dropPolicy: z.enum(['oldest', 'refuse']).default('oldest'),
  /** Whether sessions without connection also keep messages of QoS 0. */
  storeQos0: z.boolean().default(false),
  /** No message waits longer; absent = as long as its own Message Expiry Interval says. */
  waitSecondsMax: z.number().int().min(1).max(4_294_967_295).optional(),
  topicPriorities: z.array(topicPrioritySchema).default([]),
});
export type QueuePolicy = z.infer<typeof queuePolicySchema>;

export const sharedSubscriptionPolicySchema = z.object({
  /** `round-robin`: every member in turn; `sticky`: one member takes everything until it leaves. */
  strategy: z.enum(['round-robin', 'sticky']).default('round-robin'),
});
export type SharedSubscriptionPolicy = z.infer<typeof sharedSubscriptionPolicySchema>;

export const policyDocumentSchema = z.object({
  revision: z.number().int().nonnegative().default(0),
  /** What happens where no access rule matches. */
  defaultAccess: z.enum(['allow', 'deny']).default('allow'),
  allowAnonymous: z.boolean().default(false),
  /** Key of the credentials' HMAC, base64url; needed when any credential has a `secretHash`. */
  pepper: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
  credentials: z.array(credentialPolicySchema).default([]),
  accessRules: z.array(accessRulePolicySchema).default([]),
  quotas: quotasSchema
    .partial()
    .transform((given) => ({ ...DEFAULT_QUOTAS, ...given }))
    .default(DEFAULT_QUOTAS),
  /** What the server announces in CONNACK; absent = no limit of its own beyond the quotas. */
  connack: z
    .object({
      keepAliveSecondsMax: z.number().int().min(1).max(65_535).optional(),
      receiveMaximum: z.number().int().min(1).max(65_535).optional(),
      topicAliasMaximum: z.number().int().min(0).max(65_535).optional(),
      /** Told to clients that ask for Response Information; may hold the placeholders `{clientId}` and `{username}`. */
      responseInformation: z.string().min(1).max(1_024).optional(),
    })
    .default({}),
  queues: queuePolicySchema.default({ dropPolicy: 'oldest', storeQos0: false, topicPriorities: [] }),
  sharedSubscriptions: sharedSubscriptionPolicySchema.default({ strategy: 'round-robin' }),
});
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
/** The shape as written by hand or by the control plane, before defaults are filled in. */
export type PolicyInput = z.input<typeof policyDocumentSchema>;
