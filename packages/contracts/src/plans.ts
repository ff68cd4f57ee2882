/**
 * The numbers a deployment is bounded by, and the plans that bundle them.
 * An operator replaces the table with `ROOKERY_PLANS=<file>`; every key must then be given.
 */
import { z } from 'zod';
import { LOCAL_QUOTAS, UNLIMITED_QUEUE_WORDS } from './local-quotas.js';

const count = z.number().int().positive();

export const quotasSchema = z.object({
  /** Connected clients at one time. */
  clientsMax: count,
  /** Live and stored sessions together. */
  sessionsMax: count,
  /** Messages in plus messages out per second, whole deployment. */
  messagesPerSecondMax: count,
  /** PUBLISH packets per second that one client may send. */
  clientPublishPerSecondMax: count,
  /** Largest MQTT packet in bytes, fixed header included. */
  packetBytesMax: count.max(268_435_460),
  subscriptionsPerClientMax: count,
  topicLevelsMax: count.max(100),
  /** Messages waiting per session. */
  queueLengthMax: z.number().int().positive(UNLIMITED_QUEUE_WORDS),
  /** Unacknowledged QoS 1 and 2 messages per session and direction. */
  inflightMax: count.max(65_535),
  sessionExpirySecondsMax: z.number().int().nonnegative().max(4_294_967_295),
  credentialsMax: count,
  accessRulesMax: count,
  retainedMax: count,
  storeBytesMax: count,
});
export type Quotas = z.infer<typeof quotasSchema>;

/** Seconds without a connection after which a deployment sleeps. */
export const SLEEP_AFTER_SECONDS_MAX = 30 * 86_400;
export const sleepAfterSecondsSchema = count.max(SLEEP_AFTER_SECONDS_MAX);

export const planSchema = z.object({
  id: z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/),
  name: z.string().min(1),
  summary: z.string(),
  tier: z.enum(['SELF_HOSTED', 'SERVERLESS', 'DEDICATED']),
  quotas: quotasSchema,
  /** Deployments of this plan per organization. */
  deploymentsMax: count,
  /** Whether a port without TLS is opened. */
  plainPort: z.boolean(),
  anonymousAllowed: z.boolean(),
  /** Whether tenants of a hosted installation may choose it. */
  selectable: z.boolean(),
  /** What new deployments are set to: seconds without a connection after which they sleep; null = never. */
  sleepAfterSeconds: sleepAfterSecondsSchema.nullable().default(null),
  /** Whether new deployments follow the newest version of their machine by themselves. */
  autoUpgrade: z.boolean().default(false),
  /** Days without a client and without a message after which it is stopped; null = never. */
  idleStopAfterDays: count.nullable().default(null),
  /** Days after that stop until it is deleted; null = never. */
  idleDeleteAfterDays: count.nullable().default(null),
});
export type Plan = z.infer<typeof planSchema>;

const GIB = 1024 ** 3;

const LOCAL: Plan = {
  id: 'LOCAL',
  name: 'Local',
  summary: 'Self-hosted, bounded for safety only',
  tier: 'SELF_HOSTED',
  quotas: LOCAL_QUOTAS,
  deploymentsMax: 500,
  plainPort: true,
  anonymousAllowed: true,
  selectable: true,
  sleepAfterSeconds: 900,
  // Who updates the checkout and starts again wants what is new.
  autoUpgrade: true,
  idleStopAfterDays: null,
  idleDeleteAfterDays: null,
};

const SERVERLESS: Plan = {
  id: 'SERVERLESS',
  name: 'Serverless',
  summary: 'Shared machines, pay for what you use',
  tier: 'SERVERLESS',
  quotas: {
    clientsMax: 1_000,
    sessionsMax: 1_000,
    messagesPerSecondMax: 1_000,
    clientPublishPerSecondMax: 10,
    packetBytesMax: 1024 * 1024,
    subscriptionsPerClientMax: 10,
    topicLevelsMax: 10,
    queueLengthMax: 1_000,
    inflightMax: 32,
    sessionExpirySecondsMax: 7_200,
    credentialsMax: 2_000,
    accessRulesMax: 2_000,
    retainedMax: 2_000,
    storeBytesMax: GIB,
  },
  deploymentsMax: 2,
  plainPort: false,
  anonymousAllowed: false,
  selectable: true,
  sleepAfterSeconds: 600,
  autoUpgrade: false,
  idleStopAfterDays: 30,
  idleDeleteAfterDays: 30,
};

function dedicated(label: string, clients: number, messagesPerSecond: number): Plan {
  return {
    id: `DEDICATED_${label}`,
    name: `Dedicated ${label}`,
    summary: `A machine of your own for ${clients.toLocaleString('en-US')} sessions`,
    tier: 'DEDICATED',
    quotas: {
      clientsMax: clients,
      sessionsMax: clients,
      messagesPerSecondMax: messagesPerSecond,
      clientPublishPerSecondMax: messagesPerSecond,
      packetBytesMax: 1024 * 1024,
      subscriptionsPerClientMax: 100,
      topicLevelsMax: 32,
      queueLengthMax: 1_000,
      inflightMax: 32,
      sessionExpirySecondsMax: 7 * 86_400,
      credentialsMax: clients * 2,
      accessRulesMax: clients * 2,
      retainedMax: clients * 10,
      storeBytesMax: 20 * GIB,
    },
    deploymentsMax: 3,
    plainPort: true,
    anonymousAllowed: true,
    // Needs a machine that Terraform makes; a cell of kind `aws` turns it on.
    selectable: false,
    // Its machine is paid for whether it sleeps or not.
    sleepAfterSeconds: null,
    autoUpgrade: false,
    idleStopAfterDays: null,
    idleDeleteAfterDays: null,
  };
}

export const DEFAULT_PLANS: readonly Plan[] = [
  LOCAL,
  SERVERLESS,
  dedicated('1K', 1_000, 1_000),
  dedicated('2K', 2_000, 2_000),
  dedicated('5K', 5_000, 5_000),
  dedicated('10K', 10_000, 10_000),
];

export const planFileSchema = z
  .array(planSchema)
  .min(1)
  .refine((plans) => new Set(plans.map((plan) => plan.id)).size === plans.length, { message: 'plan ids must be unique' });

/** Safety bounds for a broker that runs alone (`npm run broker`) and for policy files that name no quota. */
export const DEFAULT_QUOTAS: Quotas = LOCAL.quotas;
