/** What the tables of a running system say, read beside the api: deployments that exist, claims and locks that are held. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '@rookery/db/pool';
import { deployments } from '@rookery/db/schema/deployments';
import type { RunningSystem } from './system.ts';

export class Ledger {
  private readonly db: Database;

  constructor(system: RunningSystem) {
    const url = readFileSync(join(system.home, 'secrets', 'provisioner-database-url'), 'utf8').trim();
    this.db = openDatabase(url, { applicationName: 'rookery-ledger', connectionsMax: 1, onError: () => {} });
  }

  async deployments(): Promise<string[]> {
    return (await this.db.select({ id: deployments.id }).from(deployments)).map(({ id }) => id);
  }

  /** In words; none when all is at rest. */
  async held(): Promise<string[]> {
    const { rows } = await this.db.$client.query<Record<'claims' | 'tokens' | 'machines' | 'locks' | 'open', number>>(`
      SELECT (SELECT count(*)::int FROM reconciliations WHERE claimed_at IS NOT NULL) AS claims,
        (SELECT count(*)::int FROM machine_join_tokens t WHERE t.used_at IS NULL AND t.dedicated_to IS NOT NULL
          AND NOT EXISTS (SELECT FROM deployments d WHERE d.id = t.dedicated_to)) AS tokens,
        (SELECT count(*)::int FROM machines m WHERE m.dedicated_to IS NOT NULL
          AND NOT EXISTS (SELECT FROM deployments d WHERE d.id = m.dedicated_to)) AS machines,
        (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND granted) AS locks,
        (SELECT count(*)::int FROM operations WHERE state IN ('PENDING', 'RUNNING')) AS open`);
    const { claims, tokens, machines, locks, open } = rows[0]!;
    return [
      ...(claims > 0 ? [`${claims} claims`] : []),
      ...(tokens > 0 ? [`${tokens} join tokens for deployments that are gone`] : []),
      ...(machines > 0 ? [`${machines} machines of deployments that are gone`] : []),
      ...(locks > 0 ? [`${locks} advisory locks`] : []),
      ...(open > 0 ? [`${open} open operations`] : []),
    ];
  }

  close(): Promise<void> {
    return this.db.$client.end();
  }
}
