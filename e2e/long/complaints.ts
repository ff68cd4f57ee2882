import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../support/cloud.ts';
import { managedBy } from '../support/containers.ts';
import type { Ledger } from '../support/ledger.ts';
import type { RunningSystem } from '../support/system.ts';

/** What is there that no row speaks of, and what is held that nobody holds. */
export async function complaints(system: RunningSystem, ledger: Ledger, cloud: Cloud | null = null): Promise<string[]> {
  const rows = await ledger.deployments();
  const runs = join(system.home, 'terraform');
  const folders = existsSync(runs) ? readdirSync(runs) : [];
  const containers = process.env['DOCKER_HOST'] === undefined ? [] : await managedBy(system);
  const labels = containers.map(({ Config }) => Config.Labels['rookery.deployment']!);
  return [
    ...labels.filter((id) => !rows.includes(id)).map((id) => `a container of ${id}, which is gone`),
    ...labels.filter((id, i) => labels.indexOf(id) !== i).map((id) => `two containers of ${id}`),
    ...folders.filter((id) => !rows.includes(id)).map((id) => `a run folder of ${id}, which is gone`),
    ...((await cloud?.complaints(rows)) ?? []),
    ...(await ledger.held()),
  ];
}
