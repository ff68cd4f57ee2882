/** Where deployments run: regions hold cells, cells hold machines. Nothing here belongs to a tenant. */
import { CELL_KINDS, type DockerFacts } from '@rookery/contracts/cells';
import { ISOLATION_LEVELS } from '@rookery/contracts/phases';
import { boolean, integer, jsonb, pgEnum, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { at, typeId } from './columns.js';

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
  mqttPortFirst: integer('mqtt_port_first').notNull(),
  mqttPortLast: integer('mqtt_port_last').notNull(),
  sharedMqttsPort: integer('shared_mqtts_port'),
  sharedWssPort: integer('shared_wss_port'),
  /** Last sign of life: a report, or an open stream. */
  seenAt: at('seen_at').notNull().defaultNow(),
  /** Set by the resync when the signs of life stopped; cleared by the next one. */
  lostAt: at('lost_at'),
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
