/** What organizations take out as files. Wished for by the api; made, and removed, by the worker. */
import { EXPORT_KINDS, EXPORT_STATES } from '@rookery/contracts/exports';
import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, createdAt, organizationId, typeId } from './columns.js';
import { organizations } from './organizations.js';

export const exportKind = pgEnum('export_kind', EXPORT_KINDS);
export const exportState = pgEnum('export_state', EXPORT_STATES);

export const exports = pgTable(
  'exports',
  {
    organizationId: organizationId().references(() => organizations.id, { onDelete: 'cascade' }),
    id: typeId('export', 'id').notNull(),
    kind: exportKind('kind').notNull(),
    /** What happened at or after this, and before `to`. */
    from: at('range_from').notNull(),
    to: at('range_to').notNull(),
    state: exportState('state').notNull().default('QUEUED'),
    /** Lines of the file, and its size as it is downloaded; null until it is ready. */
    rows: bigint('rows', { mode: 'number' }),
    bytes: bigint('bytes', { mode: 'number' }),
    /** Opens the object; null unless it is ready. Without it older versions that a bucket keeps cannot be read. */
    sealedKey: text('sealed_key'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    requestedBy: text('requested_by').notNull(),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
    expiresAt: at('expires_at'),
    /** When it is looked at next, while it is queued. */
    dueAt: at('due_at').notNull().defaultNow(),
    /** When an attempt began; kept by one that failed until its objects are removed. */
    claimedAt: at('claimed_at'),
    /** Number of the attempt that is under way, or that made the object. */
    attempts: integer('attempts').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    index().on(t.id),
    index('exports_open_index').on(t.dueAt).where(sql`state IN ('QUEUED', 'RUNNING')`),
    index('exports_failed_index').on(t.id).where(sql`state = 'FAILED' AND claimed_at IS NOT NULL`),
    index('exports_ready_index').on(t.expiresAt).where(sql`state = 'READY'`),
  ],
);
