import { customType, pgTable, text } from 'drizzle-orm/pg-core';
import { at, createdAt } from './columns.js';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** Keys of the installation that AWS KMS has wrapped: without KMS these rows are noise. Nothing here belongs to a tenant. */
export const installationKeys = pgTable('installation_keys', {
  /** First bytes of the key's hash. */
  id: text('id').primaryKey(),
  kmsKeyArn: text('kms_key_arn').notNull(),
  wrapped: bytes('wrapped').notNull(),
  /** Then everybody knows it, and the newest seals. */
  sealsFrom: at('seals_from').notNull().defaultNow(),
  /** It opens until it is gone, and seals no more. */
  retiringAt: at('retiring_at'),
  createdAt: createdAt(),
});
