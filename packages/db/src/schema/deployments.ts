/**
 * The life of a deployment in three tables with one writer each: `deployments` says what is wanted (api),
 * `deployment_infrastructure` what was made for it (provisioner), `deployment_reports` what its machine says (api
 * ingest). The view `deployment_states` reads all three, and its `phase` is the only place where a phase is decided.
 */
import { type DeploymentPhase, DESIRED_STATES, DURABILITIES, type WakeCause } from '@rookery/contracts/phases';
import type { Quotas } from '@rookery/contracts/plans';
import type { RuntimeCounters, RuntimeGauges } from '@rookery/contracts/reports';
import type { RuntimeSpec } from '@rookery/contracts/runtime-spec';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  pgView,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { at, createdAt, deploymentId, organizationId, typeId } from './columns.js';
import { cells, isolationLevel, machines, regions } from './machines.js';
import { projects } from './organizations.js';

export const desiredState = pgEnum('desired_state', DESIRED_STATES);
export const durability = pgEnum('durability', DURABILITIES);

export const deployments = pgTable(
  'deployments',
  {
    organizationId: organizationId(),
    id: typeId('deployment', 'id').notNull(),
    projectId: typeId('project', 'project_id').notNull(),
    name: text('name').notNull(),
    /** First label of the host name: unique on the installation. */
    slug: text('slug').notNull().unique(),
    planId: text('plan_id').notNull(),
    regionId: text('region_id')
      .notNull()
      .references(() => regions.id),
    durability: durability('durability').notNull(),
    state: desiredState('state').notNull().default('RUNNING'),
    /** Grows with every change that a machine must act on. */
    generation: integer('generation').notNull().default(1),
    /** Grows with every change of the policy. */
    policyRevision: integer('policy_revision').notNull().default(1),
    /** Grows with every change of this row. */
    version: integer('version').notNull().default(1),
    deletionProtection: boolean('deletion_protection').notNull().default(false),
    /** Deleted by itself then, unless protected; null: never. */
    expiresAt: at('expires_at'),
    /** The plan's numbers at the time of creation, and what the operator set over them. */
    quotas: jsonb('quotas').$type<Quotas>().notNull(),
    plainPort: boolean('plain_port').notNull(),
    /** It is to have a machine of its own. */
    dedicated: boolean('dedicated').notNull().default(false),
    memoryBytesMax: bigint('memory_bytes_max', { mode: 'number' }).notNull(),
    /** Seconds without a connection after which it sleeps; null: never. */
    sleepAfterSeconds: integer('sleep_after_seconds'),
    /** The version that was asked for last; null: the one that its machine had when it was placed. */
    brokerVersion: text('broker_version'),
    /** Always the newest that its machine has. */
    autoUpgrade: boolean('auto_upgrade').notNull().default(false),
    /** Days without use after which it is stopped, and after that stop deleted; null: never. */
    idleStopAfterDays: integer('idle_stop_after_days'),
    idleDeleteAfterDays: integer('idle_delete_after_days'),
    /** When it was stopped for that; null again with the next start. */
    idleStoppedAt: at('idle_stopped_at'),
    /** Key of the credentials' HMAC, sealed. */
    sealedPepper: text('sealed_pepper').notNull(),
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    unique().on(t.organizationId, t.projectId, t.name),
    foreignKey({ columns: [t.organizationId, t.projectId], foreignColumns: [projects.organizationId, projects.id] }),
    index().on(t.id),
  ],
);

/** A row that goes with its deployment, and can belong to no other organization than it. */
export const partOfDeployment = (t: { organizationId: AnyPgColumn; deploymentId: AnyPgColumn }) =>
  foreignKey({ columns: [t.organizationId, t.deploymentId], foreignColumns: [deployments.organizationId, deployments.id] }).onDelete(
    'cascade',
  );

export const deploymentInfrastructure = pgTable(
  'deployment_infrastructure',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    machineId: typeId('machine', 'machine_id').references(() => machines.id),
    /** Generation of the spec; 0 before the first. */
    generation: integer('generation').notNull().default(0),
    spec: jsonb('spec').$type<RuntimeSpec>(),
    /** What ran when it last was as wanted. */
    brokerVersion: text('broker_version'),
    /** The generation that could not be made so, and why. */
    failedGeneration: integer('failed_generation'),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.deploymentId] }),
    partOfDeployment(t),
    index().on(t.machineId),
    index().on(t.deploymentId),
  ],
);

/**
 * What Terraform made for a deployment. Its state is sealed: it names folders and images, and later modules may put
 * secrets into it. Written on every change, so that a worker whose disk is gone goes on from here.
 */
export const deploymentStacks = pgTable(
  'deployment_stacks',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    /** The cell in which a machine is made for it; null where the machine was there before. */
    cellId: typeId('cell', 'cell_id').references(() => cells.id),
    /** Generation that was applied last; 0 before the first apply ended. */
    generation: integer('generation').notNull().default(0),
    /** Terraform state, sealed with the installation's key; null before there is one. */
    sealedState: text('sealed_state'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId] }), partOfDeployment(t), index().on(t.deploymentId)],
);

/** Ports of a deployment, kept for life. */
export const machinePorts = pgTable(
  'machine_ports',
  {
    machineId: typeId('machine', 'machine_id')
      .notNull()
      .references(() => machines.id),
    port: integer('port').notNull(),
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    kind: text('kind', { enum: ['mqtts', 'mqtt'] }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.machineId, t.port] }), unique().on(t.organizationId, t.deploymentId, t.kind), partOfDeployment(t)],
);

export const deploymentStates = pgView('deployment_states', {
  organizationId: organizationId(),
  id: typeId('deployment', 'id').notNull(),
  projectId: typeId('project', 'project_id').notNull(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  planId: text('plan_id').notNull(),
  regionId: text('region_id').notNull(),
  durability: durability('durability').notNull(),
  state: desiredState('state').notNull(),
  generation: integer('generation').notNull(),
  policyRevision: integer('policy_revision').notNull(),
  version: integer('version').notNull(),
  deletionProtection: boolean('deletion_protection').notNull(),
  quotas: jsonb('quotas').$type<Quotas>().notNull(),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
  phase: text('phase').$type<DeploymentPhase>().notNull(),
  phaseReason: text('phase_reason'),
  machineId: typeId('machine', 'machine_id'),
  spec: jsonb('spec').$type<RuntimeSpec>(),
  host: text('host'),
  domain: text('domain'),
  sharedMqttsPort: integer('shared_mqtts_port'),
  sharedWssPort: integer('shared_wss_port'),
  appliedRevision: integer('applied_revision').notNull(),
  isolation: isolationLevel('isolation'),
  startedAt: at('started_at'),
  sampleAt: at('sample_at'),
  counters: jsonb('counters').$type<RuntimeCounters>(),
  gauges: jsonb('gauges').$type<RuntimeGauges>(),
  previousAt: at('previous_at'),
  previousCounters: jsonb('previous_counters').$type<RuntimeCounters>(),
  sleepAfterSeconds: integer('sleep_after_seconds'),
  asleepSince: at('asleep_since'),
  nextWakeAt: at('next_wake_at'),
  wakeCount: integer('wake_count').notNull(),
  lastWakeAt: at('last_wake_at'),
  lastWakeCause: text('last_wake_cause').$type<WakeCause>(),
  lastWakeMs: integer('last_wake_ms'),
  expiresAt: at('expires_at'),
  brokerVersion: text('broker_version'),
  availableBrokerVersion: text('available_broker_version'),
  autoUpgrade: boolean('auto_upgrade').notNull(),
}).existing();
export type DeploymentState = typeof deploymentStates.$inferSelect;
