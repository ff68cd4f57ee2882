/** Where deployments run: regions hold cells, cells hold machines. Nothing here belongs to a tenant. */
import { type AwsFacts, CELL_KINDS, type DockerFacts } from '@rookery/contracts/cells';
import { ISOLATION_LEVELS } from '@rookery/contracts/phases';
import { boolean, integer, jsonb, pgEnum, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { at, createdAt, typeId } from './columns.js';

export const isolationLevel = pgEnum('isolation_level', ISOLATION_LEVELS);

export const regions = pgTable('regions', { id: text('id').primaryKey(), name: text('name').notNull() });

export const cells = pgTable(
  'cells',
  {
    id: typeId('cell', 'id').primaryKey(),
    regionId: text('region_id')
      .notNull()
      .references(() => regions.id),
    name: text('name').notNull(),
    kind: text('kind', { enum: CELL_KINDS }).notNull().default('machine'),
    /** Share of new deployments against the other cells of the region. */
    weight: integer('weight').notNull().default(100),
    /** Takes no new deployments; what is there stays. */
    full: boolean('full').notNull().default(false),
    /** Where its machines are made; of kind `aws` only. */
    aws: jsonb('aws').$type<AwsFacts>(),
  },
  (t) => [unique().on(t.regionId, t.name)],
);

export const machines = pgTable('machines', {
  id: typeId('machine', 'id').primaryKey(),
  cellId: typeId('cell', 'cell_id')
    .notNull()
    .references(() => cells.id),
  name: text('name').notNull(),
  isolation: isolationLevel('isolation').notNull(),
  host: text('host').notNull(),
  /** With a domain, clients come to `<slug>.<domain>` on the shared ports. */
  domain: text('domain'),
  /** Where its containers find their folders; null where deployments are processes. */
  docker: jsonb('docker').$type<DockerFacts>(),
  /** The newest runtime that it has. */
  runtimeVersion: text('runtime_version'),
  /** So many deployments of one organization are made on it at a time, while no other wants something. */
  processors: integer('processors').notNull().default(2),
  mqttPortFirst: integer('mqtt_port_first').notNull(),
  mqttPortLast: integer('mqtt_port_last').notNull(),
  sharedMqttsPort: integer('shared_mqtts_port'),
  sharedWssPort: integer('shared_wss_port'),
  /** Last sign of life: a report, or an open stream. */
  seenAt: at('seen_at').notNull().defaultNow(),
  /** Set by the resync when the signs of life stopped; cleared by the next one. */
  lostAt: at('lost_at'),
  /** Certificates of an older epoch are refused; each enrolment begins one. 0: it has never had one. */
  certificateEpoch: integer('certificate_epoch').notNull().default(0),
  /** End of the newest certificate; null: it comes in by the private listener. */
  certificateExpiresAt: at('certificate_expires_at'),
  /** An operator has shut it out. A join token made for it lets it in again. */
  revokedAt: at('revoked_at'),
  /** The deployment that has this machine to itself. */
  dedicatedTo: typeId('deployment', 'dedicated_to'),
});

/** Signs the certificates of machines and of the door that they come in by. One row: all apis share it. */
export const machineAuthority = pgTable('machine_authority', {
  id: text('id').primaryKey(),
  /** PEM. */
  certificate: text('certificate').notNull(),
  /** PKCS#8 in DER, sealed. */
  sealedKey: text('sealed_key').notNull(),
  createdAt: createdAt(),
});

/** One-use permissions to join. The token itself is nowhere, only its hash. */
export const machineJoinTokens = pgTable('machine_join_tokens', {
  id: typeId('joinToken', 'id').primaryKey(),
  hash: text('hash').notNull().unique(),
  /** First characters, to tell tokens apart. */
  prefix: text('prefix').notNull(),
  cellId: typeId('cell', 'cell_id')
    .notNull()
    .references(() => cells.id),
  /** Lets this known machine in again, and no other. */
  forMachineId: typeId('machine', 'for_machine_id').references(() => machines.id, { onDelete: 'cascade' }),
  /** The machine will be this deployment's own. */
  dedicatedTo: typeId('deployment', 'dedicated_to'),
  /** Who made it, for people. */
  createdBy: text('created_by').notNull(),
  createdAt: createdAt(),
  expiresAt: at('expires_at').notNull(),
  revokedAt: at('revoked_at'),
  usedAt: at('used_at'),
  /** The machine that came in by it; no foreign key, for it outlives the machine. */
  machineId: typeId('machine', 'machine_id'),
  /** SHA-256 of the key that came in by it: an answer that was lost may be asked for again, by that key alone. */
  keyHash: text('key_hash'),
});

/** Which api holds the stream of a machine: that one can ask it questions. */
export const machineStreams = pgTable('machine_streams', {
  machineId: typeId('machine', 'machine_id')
    .primaryKey()
    .references(() => machines.id, { onDelete: 'cascade' }),
  apiUrl: text('api_url').notNull(),
  /** Told apart, so that an old stream that ends late does not remove its successor's row. */
  streamId: text('stream_id').notNull(),
});
