/** What an organization is told before something ends by itself. Written by the provisioner; dismissed by its people. */
import { NOTICE_KINDS } from '@rookery/contracts/notices';
import { integer, pgEnum, pgTable, primaryKey, unique } from 'drizzle-orm/pg-core';
import { at, createdAt, deploymentId, organizationId, typeId } from './columns.js';
import { partOfDeployment } from './deployments.js';

export const noticeKind = pgEnum('notice_kind', NOTICE_KINDS);

export const notices = pgTable(
  'notices',
  {
    organizationId: organizationId(),
    id: typeId('notice', 'id').notNull(),
    deploymentId: deploymentId(),
    kind: noticeKind('kind').notNull(),
    /** Told so many days before. */
    leadDays: integer('lead_days').notNull(),
    /** When it ends. */
    dueAt: at('due_at').notNull(),
    createdAt: createdAt(),
    dismissedAt: at('dismissed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.id] }),
    unique().on(t.organizationId, t.deploymentId, t.kind, t.leadDays),
    partOfDeployment(t),
  ],
);
