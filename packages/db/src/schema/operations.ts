/** Work on deployments: what people follow (operations), and what the provisioner must look at (reconciliations). */
import { OPERATION_STATES, OPERATION_VERBS, type OperationState } from '@rookery/contracts/phases';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, createdAt, deploymentId, organizationId, typeId } from './columns.js';
import { partOfDeployment } from './deployments.js';

export const operationVerb = pgEnum('operation_verb', OPERATION_VERBS);
export const operationState = pgEnum('operation_state', OPERATION_STATES);

export interface OperationStepRow {
  name: string;
  title: string;
  state: OperationState;
  startedAt: string | null;
  finishedAt: string | null;
  message: string | null;
}

/** Outlives its deployment: a finished DELETE can still be read. */
export const operations = pgTable(
  'operations',
  {
    organizationId: organizationId(),
    id: typeId('operation', 'id').notNull(),
    deploymentId: deploymentId(),
    deploymentName: text('deployment_name').notNull(),
    verb: operationVerb('verb').notNull(),
    state: operationState('state').notNull().default('PENDING'),
    /** Done when this generation is there. */
    generation: integer('generation').notNull(),
    percent: integer('percent').notNull().default(0),
    steps: jsonb('steps').$type<OperationStepRow[]>().notNull().default([]),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    requestedBy: text('requested_by').notNull(),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    index().on(t.organizationId, t.deploymentId, t.createdAt),
    index().on(t.id),
    index().on(t.deploymentId, t.state),
  ],
);

/** A deployment that somebody should look at. Written in the transaction of the change, so no change can be forgotten. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    /** Null: nothing to do. In the future: claimed until then, or waiting for the next try. */
    dueAt: at('due_at'),
    claimedAt: at('claimed_at'),
    /** Its machine was told and has not brought it about yet: since then it counts among what is done for its organization. */
    awaitedSince: at('awaited_since'),
    /** Grows with every wish, so that one that came during the work is not lost. */
    wanted: integer('wanted').notNull().default(1),
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.deploymentId] }),
    partOfDeployment(t),
    index().on(t.dueAt),
    index().on(t.deploymentId),
    index('reconciliations_organization_id_due_at_index').on(t.organizationId, t.dueAt).where(sql`due_at IS NOT NULL`),
    index('reconciliations_under_way_index').on(t.organizationId).where(sql`claimed_at IS NOT NULL OR awaited_since IS NOT NULL`),
  ],
);
