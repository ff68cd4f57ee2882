/** Kinds of cell, and where a container of a docker cell finds its folders. */
import { z } from 'zod';

/**
 * What makes the deployments of a cell. `machine`: the agent starts processes. `docker`: Terraform makes a container,
 * the agent of the same machine starts and stops it. `aws`: Terraform makes a machine for each deployment, which joins.
 */
export const CELL_KINDS = ['machine', 'docker', 'aws'] as const;
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

const subnetSchema = z.object({
  id: z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must look like subnet-0123456789abcdef0'),
  availabilityZone: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'must look like eu-central-1a'),
});
const instanceTypeSchema = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must look like t4g.medium');

/** What an operator says of a cell of kind `aws`: where its machines stand, and what they are. */
export const awsFactsSchema = z.object({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must look like eu-central-1'),
  vpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, 'must look like vpc-0123456789abcdef0'),
  /** Public ones; a deployment keeps the one that it was given. */
  subnets: z.array(subnetSchema).min(1, 'must name at least one subnet').max(16),
  /** Machine image with agent, edge and runtime. */
  imageId: z.string().regex(/^ami-[0-9a-f]{8,17}$/, 'must look like ami-0123456789abcdef0'),
  instanceType: instanceTypeSchema.default('t4g.medium'),
  /** Of plans that need another. */
  instanceTypes: z.array(z.object({ planId: z.string().min(1), instanceType: instanceTypeSchema })).default([]),
  /** Size of the data volume at least; a plan with a larger store gets more. */
  dataGib: z.number().int().min(10, 'must be at least 10').max(16_384, 'must be at most 16384').default(50),
  /** Whether a snapshot of the data is kept when a deployment is deleted. */
  finalSnapshot: z.boolean().default(true),
  /** Key for volumes and secrets; null: the account's own. */
  kmsKeyArn: z.string().startsWith('arn:', 'must be an ARN').nullable().default(null),
  /** Days a deleted machine's secret can be brought back; 0: at once gone. */
  secretRecoveryDays: z
    .number()
    .int()
    .refine((days) => days === 0 || (days >= 7 && days <= 30), 'must be 0 or from 7 to 30')
    .default(7),
  /** Address at which machines join. */
  controlPlaneUrl: z.url({ protocol: /^https$/, error: 'must be an address that begins with https://' }),
});
export type AwsFacts = z.infer<typeof awsFactsSchema>;

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
