/** Where what is there differs from what was made, as the last comparison found it. Written by the provisioner alone. */
import { boolean, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { DRIFT_KINDS } from '@rookery/contracts/drift';
import { at, deploymentId, organizationId } from './columns.js';
import { partOfDeployment } from './deployments.js';

export const driftKind = pgEnum('drift_kind', DRIFT_KINDS);

/** One row: it is not as it should be. No row: the last comparison found nothing. */
export const deploymentDrift = pgTable(
  'deployment_drift',
  {
    organizationId: organizationId(),
    deploymentId: deploymentId(),
    kind: driftKind('kind').notNull(),
    /** Which attributes differ; of a thing that is missing none. */
    attributes: text('attributes').array().notNull().default([]),
    foundAt: at('found_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.deploymentId] }), partOfDeployment(t)],
);

/** Containers with our labels that belong to no deployment. */
export const orphans = pgTable('orphans', {
  /** As the engine names it. */
  id: text('id').primaryKey(),
  /** As its label says. */
  deploymentId: text('deployment_id').notNull(),
  reason: text('reason').notNull(),
  /** It was provably ours. One that is not stays where it is. */
  removed: boolean('removed').notNull(),
  foundAt: at('found_at').notNull().defaultNow(),
  seenAt: at('seen_at').notNull().defaultNow(),
});

/** One row: what tells this installation from others that use the same engine. */
export const installation = pgTable('installation', { id: uuid('id').primaryKey().defaultRandom() });
