/** What a runtime enforces, and the pointers by which machines learn that it changed. */
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, deploymentId, organizationId, typeId } from './columns.js';
import { partOfDeployment } from './deployments.js';

export const credentials = pgTable(
  'credentials',
  {
    organizationId: organizationId(),
    id: typeId('credential', 'id').notNull(),
    deploymentId: deploymentId(),
    username: text('username').notNull(),
    description: text('description').notNull().default(''),
    secretHash: text('secret_hash').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    unique().on(t.organizationId, t.deploymentId, t.username),
    partOfDeployment(t),
    index().on(t.id),
  ],
);

export const accessRules = pgTable(
  'access_rules',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    /** The first rule that matches decides. */
    position: integer('position').notNull(),
    effect: text('effect', { enum: ['allow', 'deny'] }).notNull(),
    action: text('action', { enum: ['publish', 'subscribe', 'all'] }).notNull(),
    topic: text('topic').notNull(),
    subject: jsonb('subject').$type<{ username?: string; clientId?: string }>().notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId, t.position] }), partOfDeployment(t)],
);

/** What machines read from their cursor on. Cursors are given under a lock, so they appear in the order of commits. */
export const policyChanges = pgTable(
  'policy_changes',
  {
    cursor: bigint('cursor', { mode: 'number' }).generatedAlwaysAsIdentity(),
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    kind: text('kind', { enum: ['policy', 'runtime'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.cursor] }), partOfDeployment(t), index().on(t.cursor)],
);
