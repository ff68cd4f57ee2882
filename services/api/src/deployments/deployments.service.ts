/**
 * Deployments as tenants wish them. Every function authorises, decides, stores (the wish, its operation and the note for
 * the provisioner in one transaction), and then only taps the queue: a tap that is lost is found by the resync.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { DesiredState, OperationVerb } from '@rookery/contracts/phases';
import { quotasSchema } from '@rookery/contracts/plans';
import type { ReconcileQueue } from '@rookery/db/queue';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import { sqlState } from '@rookery/db/errors';
import { type OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { type Operation, toOperation } from '../operations/operations.model.js';
import { findOperation, openOperation } from '../operations/operations.repository.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { PlansService } from '../plans/plans.service.js';
import { Envelope } from '../secrets/envelope.js';
import { LOGGER, type Logger, QUEUE } from '../tokens.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { makePepper, memoryBytesFor, slugFor } from './create-deployment.js';
import {
  type CreateDeploymentInput,
  createDeploymentSchema,
  quotasInputSchema,
  type UpdateDeploymentInput,
  updateDeploymentSchema,
} from './deployments.input.js';
import { type Deployment, type DeploymentFilter, toDeployment } from './deployments.model.js';
import { type DeploymentAction, requireAllowed } from './deployments.permissions.js';
import * as repository from './deployments.repository.js';
import { pepperPlace } from './pepper.js';

export interface DeploymentChange {
  deployment: Deployment | null;
  operation: Operation | null;
}

const WISHES = {
  start: { state: 'RUNNING', verb: 'START' },
  stop: { state: 'STOPPED', verb: 'STOP' },
  delete: { state: 'DELETED', verb: 'DELETE' },
} as const satisfies Record<string, { state: DesiredState; verb: OperationVerb }>;

@Injectable()
export class DeploymentsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly projects: ProjectChoice,
    private readonly plans: PlansService,
    private readonly envelope: Envelope,
    @Inject(QUEUE) private readonly queue: ReconcileQueue,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async find(viewer: Viewer, id: string): Promise<Deployment | null> {
    const row = await this.tenancy.read(viewer, 'deployment', id, (tx, organizationId) =>
      repository.findDeployment(tx, organizationId, id),
    );
    return row && toDeployment(row);
  }

  /** Of a project, or of the viewer's only organization. A project that is not there has none. */
  async search(viewer: Viewer, projectId: string | null, filter: DeploymentFilter, page: Page): Promise<Connection<Deployment>> {
    const organizationId =
      projectId === null
        ? await this.projects.organization(viewer, null, ['projectId'])
        : await this.tenancy.locate(viewer, 'project', projectId);
    if (organizationId === null) return connectionFrom<Deployment>([], page, 0);
    const search = { projectId, search: filter.search ?? null, phases: filter.phases ?? null, regionId: filter.region ?? null };
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) =>
      repository.listDeployments(tx, organizationId, search, page),
    );
    return connectionFrom(rows.map(toDeployment), page, totalCount);
  }

  async create(viewer: Viewer, given: CreateDeploymentInput): Promise<DeploymentChange> {
    const input = parseInput(createDeploymentSchema, given);
    const { organizationId, projectId } = await this.projects.choose(viewer, input.projectId);
    const plan = this.plans.choose(input.planId);
    const regionId = await this.plans.chooseRegion(input.region);
    const request = { organizationId, mutation: 'createDeployment', key: input.idempotencyKey, input };

    const result = await this.storing(
      (tx) =>
        createOnce(tx, this.envelope, request, async () => {
          const used = await repository.countOfPlan(tx, organizationId, plan.id);
          if (used >= plan.deploymentsMax) {
            throw new AppError('QUOTA_EXCEEDED', {
              path: ['input', 'planId'],
              details: { limit: plan.deploymentsMax, used, plan: plan.id, quota: 'deploymentsMax' },
            });
          }
          const id = newId('deployment');
          await repository.insertDeployment(tx, {
            organizationId,
            id,
            projectId,
            name: input.name,
            slug: slugFor(input.name),
            planId: plan.id,
            regionId,
            durability: input.durability ?? 'durable',
            deletionProtection: input.deletionProtection ?? false,
            quotas: plan.quotas,
            plainPort: plan.plainPort,
            memoryBytesMax: memoryBytesFor(plan),
            sealedPepper: this.envelope.seal(makePepper(), pepperPlace(organizationId, id)),
          });
          const deployment = { id, name: input.name, generation: 1 };
          const operation = await openOperation(tx, organizationId, { deployment, verb: 'CREATE', requestedBy: viewer.label });
          await repository.wantReconcile(tx, organizationId, id);
          await audit(tx, viewer, organizationId, {
            action: 'createDeployment',
            subject: id,
            after: { name: input.name, planId: plan.id, regionId },
          });
          return { resourceId: id, operationId: operation.id };
        }).then((created) => this.read(tx, organizationId, created.resourceId, created.operationId!)),
      organizationId,
    );
    if (result.operation?.finishedAt === null) await this.tap(result.operation.deploymentId);
    return result;
  }

  async update(viewer: Viewer, given: UpdateDeploymentInput): Promise<DeploymentChange> {
    const input = parseInput(updateDeploymentSchema, given);
    return this.change(viewer, 'update', input, async (tx, before) => {
      const change = {
        ...(input.name === null || input.name === undefined ? {} : { name: input.name }),
        ...(input.deletionProtection === null || input.deletionProtection === undefined
          ? {}
          : { deletionProtection: input.deletionProtection }),
      };
      await repository.changeDeployment(tx, before.organizationId, before.id, change);
      const old = { name: before.name, deletionProtection: before.deletionProtection };
      await audit(tx, viewer, before.organizationId, { action: 'updateDeployment', subject: before.id, before: old, after: change });
      return null;
    });
  }

  /** Starts, stops or deletes: a new desired state, and an operation that tells how far it is. */
  async wish(
    viewer: Viewer,
    action: keyof typeof WISHES,
    input: { id: string; expectedVersion?: number | null },
  ): Promise<DeploymentChange> {
    const { state, verb } = WISHES[action];
    const result = await this.change(viewer, action, input, async (tx, before) => {
      const generation = await repository.setDesiredState(tx, before.organizationId, before.id, state);
      const deployment = { id: before.id, name: before.name, generation };
      const operation = await openOperation(tx, before.organizationId, { deployment, verb, requestedBy: viewer.label });
      await repository.wantReconcile(tx, before.organizationId, before.id);
      const words = { before: { state: before.state }, after: { state } };
      await audit(tx, viewer, before.organizationId, { action: `${action}Deployment`, subject: before.id, ...words });
      return operation.id;
    });
    await this.tap(input.id);
    return result;
  }

  async setQuotas(viewer: Viewer, input: { deploymentId: string; quotas: object }): Promise<{ deployment: Deployment }> {
    const wished = Object.fromEntries(Object.entries(input.quotas).filter(([, value]) => value !== null && value !== undefined));
    const organizationId = await this.tenancy.locateAsOperator(viewer, 'deployment', input.deploymentId);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'deploymentId'] });
    const override = parseInput(quotasInputSchema, wished, ['input', 'quotas']);
    return this.tenancy.in(organizationId, async (tx) => {
      const before = await this.locked(tx, organizationId, input.deploymentId, 'deploymentId');
      requireAllowed('setQuotas', viewer, before, 'deploymentId');
      const quotas = quotasSchema.parse({ ...before.quotas, ...override });
      await audit(tx, viewer, organizationId, { action: 'setDeploymentQuotas', subject: before.id, before: before.quotas, after: quotas });
      await repository.setQuotas(tx, organizationId, before.id, quotas);
      return { deployment: toDeployment((await repository.findDeployment(tx, organizationId, before.id))!) };
    });
  }

  private async change(
    viewer: Viewer,
    action: DeploymentAction,
    input: { id: string; expectedVersion?: number | null | undefined },
    store: (tx: OrganizationTx, before: DeploymentState) => Promise<string | null>,
  ): Promise<DeploymentChange> {
    const organizationId = await this.tenancy.locate(viewer, 'deployment', input.id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    return this.storing(async (tx) => {
      const before = await this.locked(tx, organizationId, input.id, 'id');
      if (input.expectedVersion !== null && input.expectedVersion !== undefined && input.expectedVersion !== before.version) {
        throw new AppError('VERSION_CONFLICT', { path: ['input', 'expectedVersion'], details: { version: before.version } });
      }
      requireAllowed(action, viewer, before, 'id');
      const operationId = await store(tx, before);
      return this.read(tx, organizationId, before.id, operationId);
    }, organizationId);
  }

  /** A transaction in which a taken name is a user's error. */
  private async storing<T>(work: (tx: OrganizationTx) => Promise<T>, organizationId: string): Promise<T> {
    try {
      return await this.tenancy.in(organizationId, work);
    } catch (error) {
      if (sqlState(error)?.constraint.includes('project_id_name'))
        throw new AppError('NAME_TAKEN', { path: ['input', 'name'], cause: error });
      throw error;
    }
  }

  private async locked(tx: OrganizationTx, organizationId: string, id: string, path: string): Promise<DeploymentState> {
    const row = await repository.lockDeployment(tx, organizationId, id);
    if (row === null) throw new AppError('NOT_FOUND', { path: ['input', path] });
    return row;
  }

  private async read(tx: OrganizationTx, organizationId: string, id: string, operationId: string | null): Promise<DeploymentChange> {
    const row = await repository.findDeployment(tx, organizationId, id);
    const operation = operationId === null ? null : await findOperation(tx, organizationId, operationId);
    return { deployment: row && toDeployment(row), operation: operation && toOperation(operation) };
  }

  private async tap(deploymentId: string): Promise<void> {
    await this.queue
      .look(deploymentId)
      .catch((error: unknown) => this.log.warn({ err: error, deploymentId }, 'the queue took no job; the resync will find it'));
  }
}
