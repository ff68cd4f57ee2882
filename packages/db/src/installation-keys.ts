/** The wrapped keys of an installation. Services read them and add the first; a rotation is the owner's. */
import { type WrappedKey, type WrappedKeyStore, WRAPPED_KEYS_MAX } from '@rookery/service-kit/kms-ring';
import { desc, inArray, sql } from 'drizzle-orm';
import type { Database } from './pool.js';
import { installationKeys } from './schema/installation-keys.js';

export class InstallationKeys implements WrappedKeyStore {
  constructor(private readonly db: Database) {}

  async list(): Promise<(WrappedKey & { seals: boolean })[]> {
    const { id, kmsKeyArn, wrapped, sealsFrom, retiringAt } = installationKeys;
    const seals = sql<boolean>`${sealsFrom} <= now() AND ${retiringAt} IS NULL`;
    return this.db.select({ id, kmsKeyArn, wrapped, seals }).from(installationKeys).orderBy(desc(sealsFrom), desc(id));
  }

  async addFirst({ id, kmsKeyArn, wrapped }: WrappedKey): Promise<void> {
    await this.db.execute(sql`SELECT add_first_installation_key(${id}, ${kmsKeyArn}, ${wrapped})`);
  }

  /** For the owner. Throws where there are too many. */
  async add({ id, kmsKeyArn, wrapped }: WrappedKey, sealsAfterMs: number): Promise<void> {
    const { rowCount } = await this.db.execute(sql`
      INSERT INTO installation_keys (id, kms_key_arn, wrapped, seals_from)
      SELECT ${id}, ${kmsKeyArn}, ${wrapped}, now() + ${`${sealsAfterMs} milliseconds`}::interval
      WHERE (SELECT count(*) FROM installation_keys) < ${WRAPPED_KEYS_MAX}`);
    if (rowCount === 0) throw new Error(`There are ${WRAPPED_KEYS_MAX} keys already: run "keys retire" first`);
  }

  /** For the owner: they seal no more. The ids of all but the one that seals. */
  async startRetiring(): Promise<string[]> {
    const { rows } = await this.db.execute<{ id: string }>(sql`
      UPDATE installation_keys SET retiring_at = coalesce(retiring_at, now())
      WHERE id <> (SELECT id FROM installation_keys WHERE seals_from <= now() AND retiring_at IS NULL ORDER BY seals_from DESC, id DESC LIMIT 1)
        AND seals_from <= now() RETURNING id`);
    return rows.map(({ id }) => id);
  }

  /** For the owner. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.db.delete(installationKeys).where(inArray(installationKeys.id, [...ids]));
  }
}
