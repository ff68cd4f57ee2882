/** Reads what is wanted of a deployment and what is there, and writes the progress of its operations. */
import type { Database } from '@rookery/db/pool';
import type { AwsFacts, DockerFacts } from '@rookery/contracts/cells';
import { deploymentInfrastructure, deployments, deploymentStacks } from '@rookery/db/schema/deployments';
import { cells, machines } from '@rookery/db/schema/machines';
import { operations, type OperationStepRow } from '@rookery/db/schema/operations';
import { deploymentReports } from '@rookery/db/schema/reports';
import { newId } from '@rookery/service-kit/ids';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Claim } from './claims.repository.js';
import { stepsOf } from './progress.js';

export type OperationRow = typeof operations.$inferSelect;
export interface Situation {
  deployment: typeof deployments.$inferSelect;
  infrastructure: typeof deploymentInfrastructure.$inferSelect | null;
  report: typeof deploymentReports.$inferSelect | null;
  machineLost: boolean;
  /** The newest that its machine has. */
  runtimeVersion: string | null;
  /** Of its machine, where deployments are containers. */
  docker: DockerFacts | null;
  /** Of the cell in which a machine is made for it. */
  aws: AwsSituation | null;
  /** Generation that Terraform applied last; 0 before the first time. */
  stackGeneration: number;
}

interface AwsSituation {
  cellId: string;
  cellName: string;
  facts: AwsFacts;
  /** The machine that was made for it, once it has joined. */
  machineId: string | null;
}

const ownMachines = alias(machines, 'own_machines');

/** Null: the deployment is gone. */
export async function readSituation(db: Database, { organizationId, deploymentId }: Claim): Promise<Situation | null> {
  const [row] = await db
    .select({
      deployment: deployments,
      infrastructure: deploymentInfrastructure,
      report: deploymentReports,
      lostAt: machines.lostAt,
      docker: machines.docker,
      runtimeVersion: sql<string | null>`coalesce(${machines.runtimeVersion}, ${ownMachines.runtimeVersion})`,
      cellId: deploymentStacks.cellId,
      cellName: cells.name,
      aws: cells.aws,
      ownMachineId: ownMachines.id,
      stackGeneration: deploymentStacks.generation,
    })
    .from(deployments)
    .leftJoin(
      deploymentInfrastructure,
      and(
        eq(deploymentInfrastructure.organizationId, deployments.organizationId),
        eq(deploymentInfrastructure.deploymentId, deployments.id),
      ),
    )
    .leftJoin(
      deploymentReports,
      and(eq(deploymentReports.organizationId, deployments.organizationId), eq(deploymentReports.deploymentId, deployments.id)),
    )
    .leftJoin(
      deploymentStacks,
      and(eq(deploymentStacks.organizationId, deployments.organizationId), eq(deploymentStacks.deploymentId, deployments.id)),
    )
    .leftJoin(cells, eq(cells.id, deploymentStacks.cellId))
    .leftJoin(ownMachines, eq(ownMachines.dedicatedTo, deployments.id))
    .leftJoin(machines, eq(machines.id, deploymentInfrastructure.machineId))
    .where(and(eq(deployments.organizationId, organizationId), eq(deployments.id, deploymentId)));
  if (row === undefined) return null;
  const { cellId, cellName, aws: facts, ownMachineId, lostAt, stackGeneration, ...rest } = row;
  const aws = cellId !== null && cellName !== null && facts !== null ? { cellId, cellName, facts, machineId: ownMachineId } : null;
  return { ...rest, aws, machineLost: lostAt !== null, stackGeneration: stackGeneration ?? 0 };
}

/** Those that ask for this generation or an older one: a wish that came since is not judged by what was seen before it. */
export function openOperations(db: Database, { organizationId, deploymentId }: Claim, generation: number): Promise<OperationRow[]> {
  const mine = and(eq(operations.organizationId, organizationId), eq(operations.deploymentId, deploymentId));
  const asked = and(inArray(operations.state, ['PENDING', 'RUNNING']), lte(operations.generation, generation));
  return db.select().from(operations).where(and(mine, asked));
}

export async function saveProgress(db: Database, operation: OperationRow, steps: OperationStepRow[], percent: number): Promise<void> {
  const startedAt = operation.startedAt ?? new Date();
  await db.update(operations).set({ state: 'RUNNING', steps, percent, startedAt }).where(stillOpen(operation));
}

export async function finishOperation(db: Database, operation: OperationRow, steps: OperationStepRow[]): Promise<void> {
  const startedAt = operation.startedAt ?? new Date();
  await db
    .update(operations)
    .set({ state: 'SUCCEEDED', percent: 100, steps, startedAt, finishedAt: new Date() })
    .where(stillOpen(operation));
}

export async function failOperation(
  db: Database,
  operation: OperationRow,
  steps: OperationStepRow[],
  failure: { code: string; message: string },
): Promise<void> {
  const end = {
    steps,
    errorCode: failure.code,
    errorMessage: failure.message,
    startedAt: operation.startedAt ?? new Date(),
    finishedAt: new Date(),
  };
  await db
    .update(operations)
    .set({ state: 'FAILED', ...end })
    .where(stillOpen(operation));
}

/** Operations whose deployment is gone: a worker died between its removal and this note. */
export async function finishOrphans(db: Database): Promise<void> {
  const gone = sql`NOT EXISTS (SELECT FROM deployments d WHERE d.organization_id = ${operations.organizationId} AND d.id = ${operations.deploymentId})`;
  const orphans = await db
    .select()
    .from(operations)
    .where(and(inArray(operations.state, ['PENDING', 'RUNNING']), gone));
  for (const operation of orphans)
    await finishOperation(db, operation, stepsOf(operation.verb, [], operation.steps, new Date().toISOString()));
}

/** The generation cannot be made so: the deployment's phase tells it until a newer wish, or until it comes about after all. */
export async function saveFailure(
  db: Database,
  { organizationId, deploymentId }: Claim,
  generation: number,
  failure: { code: string; message: string },
): Promise<void> {
  const values = { failedGeneration: generation, failureCode: failure.code, failureMessage: failure.message, updatedAt: sql`now()` };
  await db
    .insert(deploymentInfrastructure)
    .values({ organizationId, deploymentId, ...values })
    .onConflictDoUpdate({
      target: [deploymentInfrastructure.organizationId, deploymentInfrastructure.deploymentId],
      set: values,
      setWhere: sql`coalesce(${deploymentInfrastructure.failedGeneration}, 0) <= ${generation}`,
    });
}

export async function clearFailure(db: Database, { organizationId, deploymentId }: Claim, generation: number): Promise<void> {
  const one = and(eq(deploymentInfrastructure.organizationId, organizationId), eq(deploymentInfrastructure.deploymentId, deploymentId));
  await db
    .update(deploymentInfrastructure)
    .set({ failedGeneration: null, failureCode: null, failureMessage: null })
    .where(and(one, lte(deploymentInfrastructure.failedGeneration, generation)));
}

/** Notes what runs. Where it is another version and no upgrade was asked for, an operation tells of it all the same. */
export async function noteVersion(db: Database, claim: Claim, { deployment, infrastructure, report }: Situation): Promise<void> {
  const [before, now] = [infrastructure?.brokerVersion ?? null, report?.brokerVersion ?? null];
  if (now === null || now === before) return;
  const { organizationId, deploymentId } = claim;
  await db
    .update(deploymentInfrastructure)
    .set({ brokerVersion: now })
    .where(and(eq(deploymentInfrastructure.organizationId, organizationId), eq(deploymentInfrastructure.deploymentId, deploymentId)));
  const open = await openOperations(db, claim, deployment.generation);
  if (before === null || open.some(({ verb }) => verb === 'UPGRADE')) return;
  const at = new Date();
  const title = `${before} gave way to ${now}`;
  const step = {
    name: 'await',
    title,
    state: 'SUCCEEDED' as const,
    startedAt: at.toISOString(),
    finishedAt: at.toISOString(),
    message: null,
  };
  await db.insert(operations).values({
    organizationId,
    id: newId('operation'),
    deploymentId,
    deploymentName: deployment.name,
    verb: 'UPGRADE',
    state: 'SUCCEEDED',
    generation: deployment.generation,
    percent: 100,
    steps: [step],
    requestedBy: deployment.autoUpgrade ? 'automatic upgrade' : 'its machine, which no longer had the version before',
    startedAt: at,
    finishedAt: at,
  });
}

/** One that was cancelled meanwhile stays so. */
function stillOpen({ organizationId, id }: OperationRow) {
  return and(eq(operations.organizationId, organizationId), eq(operations.id, id), inArray(operations.state, ['PENDING', 'RUNNING']));
}
