/** Kinds of cell, and where a container of a docker cell finds its folders. */
import { z } from 'zod';

/**
 * What makes the deployments of a cell. `machine`: the agent starts processes. `docker`: Terraform makes a container,
 * the agent of the same machine starts and stops it.
 */
export const CELL_KINDS = ['machine', 'docker'] as const;
export type CellKind = (typeof CELL_KINDS)[number];

/** What a machine with an engine tells of itself, so that Terraform can make containers there. */
export const dockerFactsSchema = z.object({
  /** Id of the runtime's image in that engine, `sha256:…`. */
  image: z.string().startsWith('sha256:'),
  /** Folder of the host under which the sockets of each deployment lie. */
  runFolder: z.string().startsWith('/'),
  /** Folder of the host under which the data of each deployment lies. */
  dataFolder: z.string().startsWith('/'),
  /** User of every container, where the agent may not give each its own; null where it may. */
  uid: z.number().int().nonnegative().nullable(),
});
export type DockerFacts = z.infer<typeof dockerFactsSchema>;

/** First user id of tenants where the agent is root; above what systems give to people and services. */
const FIRST_UID = 200_000;
const UID_COUNT = 1_000_000;

/** The user of a deployment on a machine whose agent is root. */
export function tenantUid(deploymentId: string): number {
  let hash = 0;
  for (const character of deploymentId) hash = (hash * 31 + character.charCodeAt(0)) % UID_COUNT;
  return FIRST_UID + hash;
}

/** Folder of the two sockets, below the machine's run folder. The suffix of the id keeps the path short. */
export function runFolderOf(runFolder: string, deploymentId: string): string {
  return `${runFolder}/d/${deploymentId.slice(deploymentId.indexOf('_') + 1)}`;
}

/** Folder of the tenant's data, below the machine's data folder. */
export function dataFolderOf(dataFolder: string, deploymentId: string): string {
  return `${dataFolder}/deployments/${deploymentId}/data`;
}
