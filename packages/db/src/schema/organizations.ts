/** People and what they belong to. Every key of a tenant table starts with `organization_id`, so that no constraint reaches across. */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  varchar,
} from 'drizzle-orm/pg-core';
import { at, createdAt, organizationId, typeId } from './columns.js';

export const people = pgTable('people', {
  id: typeId('person', 'id').primaryKey(),
  /** Lower case. */
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  /** argon2id, PHC string. */
  passwordHash: text('password_hash').notNull(),
  isOperator: boolean('is_operator').notNull().default(false),
  createdAt: createdAt(),
});

export const organizations = pgTable('organizations', {
  id: typeId('organization', 'id').primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull().unique(),
  createdAt: createdAt(),
});

export const memberships = pgTable(
  'memberships',
  {
    organizationId: organizationId().references(() => organizations.id, { onDelete: 'cascade' }),
    personId: typeId('person', 'person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.personId] }), index().on(t.personId)],
);

export const projects = pgTable(
  'projects',
  {
    organizationId: organizationId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: typeId('project', 'id').notNull(),
    name: text('name').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.id] }), unique().on(t.organizationId, t.name), index().on(t.id)],
);

export const apiKeys = pgTable(
  'api_keys',
  {
    organizationId: organizationId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: typeId('apiKey', 'id').notNull(),
    name: text('name').notNull(),
    /** The first characters, for people to tell keys apart. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the whole key, hex: 256 random bits need no slow hash. */
    hash: text('hash').notNull().unique(),
    createdBy: typeId('person', 'created_by')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    lastUsedAt: at('last_used_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    foreignKey({ columns: [t.organizationId, t.createdBy], foreignColumns: [memberships.organizationId, memberships.personId] }).onDelete(
      'cascade',
    ),
  ],
);

/** What a create request with an idempotency key has made. A secret shown once stays readable to the same key for ten minutes. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    organizationId: organizationId().references(() => organizations.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    mutation: text('mutation').notNull(),
    /** SHA-256 of the input: the same key with another body is refused. */
    requestHash: text('request_hash').notNull(),
    resourceId: text('resource_id'),
    operationId: typeId('operation', 'operation_id'),
    sealedSecret: text('sealed_secret'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.mutation, t.key] }), index().on(t.createdAt)],
);

/** Every write, for ever: the api may only insert, and a trigger refuses change and removal. */
export const auditLog = pgTable(
  'audit_log',
  {
    organizationId: organizationId(),
    id: bigint('id', { mode: 'bigint' }).generatedAlwaysAsIdentity(),
    at: at('at').notNull().defaultNow(),
    /** Id of the person or API key. */
    actor: text('actor').notNull(),
    context: text('context', { enum: ['console', 'api'] }).notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    before: jsonb('before'),
    after: jsonb('after'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    index().on(t.organizationId, t.subject),
    index().on(t.organizationId, t.at, t.id),
  ],
);

/** Log-in sessions of people, in the shape that connect-pg-simple reads. */
export const logInSessions = pgTable(
  'log_in_sessions',
  { sid: varchar('sid').primaryKey(), sess: json('sess').notNull(), expire: timestamp('expire', { precision: 6 }).notNull() },
  (t) => [index().on(t.expire)],
);

/** Counters of rate-limiter-flexible, shared by all apis. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: varchar('key', { length: 255 }).primaryKey(),
    points: integer('points').notNull().default(0),
    expire: bigint('expire', { mode: 'number' }),
  },
  (t) => [index().on(t.expire)],
);

/** One-use links that let their bearer sign up as operator. */
export const setupLinks = pgTable('setup_links', {
  tokenHash: text('token_hash').primaryKey(),
  expiresAt: at('expires_at').notNull().default(sql`now() + interval '1 hour'`),
});
