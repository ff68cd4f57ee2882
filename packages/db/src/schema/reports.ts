/** What machines say: the state and the counters of runtimes, and the meter of the edge. Written by the api's ingest alone. */
import { RUNTIME_STATES, WAKE_CAUSES } from '@rookery/contracts/phases';
import type { RuntimeCounters, RuntimeGauges } from '@rookery/contracts/reports';
import { bigint, index, integer, jsonb, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, deploymentId, organizationId } from './columns.js';
import { partOfDeployment } from './deployments.js';
import { isolationLevel } from './machines.js';

export const runtimeState = pgEnum('runtime_state', RUNTIME_STATES);

export const deploymentReports = pgTable(
  'deployment_reports',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    /** What the agent sees. */
    generation: integer('generation').notNull().default(0),
    state: runtimeState('state'),
    incarnation: text('incarnation'),
    isolation: isolationLevel('isolation'),
    brokerVersion: text('broker_version'),
    restarts: integer('restarts').notNull().default(0),
    problemCode: text('problem_code'),
    problemMessage: text('problem_message'),
    startedAt: at('started_at'),
    firstRunningAt: at('first_running_at'),
    stateAt: at('state_at'),
    appliedRevision: integer('applied_revision').notNull().default(0),
    /** How it sleeps and wakes, counted by its machine. Null: it is awake. */
    asleepSince: at('asleep_since'),
    nextWakeAt: at('next_wake_at'),
    wakeCount: integer('wake_count').notNull().default(0),
    lastWakeAt: at('last_wake_at'),
    lastWakeCause: text('last_wake_cause', { enum: WAKE_CAUSES }),
    lastWakeMs: integer('last_wake_ms'),
    /** When a client was here last, or a message came. Kept by a trigger. */
    activeAt: at('active_at'),
    /** What the runtime counted: the newest report and the one before it, of one incarnation. */
    sampleIncarnation: text('sample_incarnation'),
    sampleSequence: bigint('sample_sequence', { mode: 'number' }).notNull().default(0),
    sampleAt: at('sample_at'),
    counters: jsonb('counters').$type<RuntimeCounters>(),
    gauges: jsonb('gauges').$type<RuntimeGauges>(),
    previousAt: at('previous_at'),
    previousCounters: jsonb('previous_counters').$type<RuntimeCounters>(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId] }), partOfDeployment(t), index().on(t.deploymentId)],
);

/** One row per deployment and 10 seconds: the last report in them. Counters are cumulative per incarnation. */
export const metricSamples = pgTable(
  'metric_samples',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    at: at('at').notNull(),
    incarnation: text('incarnation').notNull(),
    reportedAt: at('reported_at').notNull(),
    counters: jsonb('counters').$type<RuntimeCounters>().notNull(),
    gauges: jsonb('gauges').$type<RuntimeGauges>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId, t.at] }), partOfDeployment(t), index().on(t.at)],
);

/** The meter of the edge: the last cumulative count of each of its processes. */
export const usageMeters = pgTable(
  'usage_meters',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    incarnation: text('incarnation').notNull(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull(),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull(),
    connectionSeconds: bigint('connection_seconds', { mode: 'number' }).notNull(),
    connections: bigint('connections', { mode: 'number' }).notNull(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId, t.incarnation] }), partOfDeployment(t)],
);
