/** Changes what is wanted of a deployment: authorise, decide, store, and tap the queue where machines must act. */
import { Injectable } from '@nestjs/common';
import type { DesiredState, OperationVerb } from '@rookery/contracts/phases';
import { quotasSchema } from '@rookery/contracts/plans';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { parseInput } from '../graphql/input.js';
import { openOperation } from '../operations/operations.repository.js';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type DeploymentChange, DeploymentStore } from './deployment-store.js';
import {
  quotasInputSchema,
  type SetDeploymentQuotasInput,
  type UpdateDeploymentInput,
  updateDeploymentSchema,
} from './deployments.input.js';
import { type DeploymentAction, requireAllowed } from './deployments.permissions.js';
import { bumpPolicy, changeDeployment, setDesiredState, setQuotas, wantReconcile } from './deployments.repository.js';

const WISHES = {
  start: { state: 'RUNNING', verb: 'START' },
  stop: { state: 'STOPPED', verb: 'STOP' },
  delete: { state: 'DELETED', verb: 'DELETE' },
} as const satisfies Record<string, { state: DesiredState; verb: OperationVerb }>;

/** Returns the id of the operation that it opened, if any. */
type Change = (tx: OrganizationTx, before: DeploymentState) => Promise<string | null>;

interface Target {
  id: string;
  expectedVersion?: number | null | undefined;
}

@Injectable()
export class ChangeDeploymentService {
  constructor(
    private readonly store: DeploymentStore,
    private readonly tenancy: Tenancy,
    private readonly reconcile: ReconcileTap,
  ) {}

  async update(viewer: Viewer, given: UpdateDeploymentInput): Promise<DeploymentChange> {
    const input = parseInput(updateDeploymentSchema, given);
    return this.change(viewer, 'update', input, async (tx, row) => {
      const { organizationId, id, name, deletionProtection, sleepAfterSeconds, expiresAt } = row;
      const change = {
        name: input.name ?? undefined,
        deletionProtection: input.deletionProtection ?? undefined,
        sleepAfterSeconds: input.sleepAfterSeconds,
        expiresAt: input.expiresAt,
      };
      await changeDeployment(tx, organizationId, id, change);
      const entry = {
        action: 'updateDeployment',
        subject: id,
        before: { name, deletionProtection, sleepAfterSeconds, expiresAt },
        after: change,
      };
      await audit(tx, viewer, organizationId, entry);
      // Its machine hears of it as it hears of a policy.
      if (change.sleepAfterSeconds !== undefined && change.sleepAfterSeconds !== sleepAfterSeconds)
        await bumpPolicy(tx, organizationId, id);
      return null;
    });
  }

  /** Starts, stops or deletes: a new desired state, and an operation that tells how far it is. */
  async wish(viewer: Viewer, action: keyof typeof WISHES, target: Target): Promise<DeploymentChange> {
    const { state, verb } = WISHES[action];
    const result = await this.change(viewer, action, target, async (tx, { organizationId, id, name, state: before }) => {
      const generation = await setDesiredState(tx, organizationId, id, state);
      const operation = await openOperation(tx, organizationId, { deployment: { id, name, generation }, verb, requestedBy: viewer.label });
      await wantReconcile(tx, organizationId, id);
      const entry = { action: `${action}Deployment`, subject: id, before: { state: before }, after: { state } };
      await audit(tx, viewer, organizationId, entry);
      return operation.id;
    });
    await this.reconcile.tap(target.id);
    return result;
  }

  /**
   * Drives again what was given up or hangs: the same wish anew, with an operation of its own. An operator does it for
   * anybody's deployment.
   */
  async repair(viewer: Viewer, target: Target): Promise<DeploymentChange> {
    const organizationId = await this.tenancy.locateAsOperator(viewer, 'deployment', target.id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    const result = await this.changeIn(organizationId, viewer, 'repair', target, async (tx, { id, name, state }) => {
      const generation = await setDesiredState(tx, organizationId, id, state);
      const verb = state === 'RUNNING' ? 'REPAIR' : state === 'STOPPED' ? 'STOP' : 'DELETE';
      const operation = await openOperation(tx, organizationId, { deployment: { id, name, generation }, verb, requestedBy: viewer.label });
      await wantReconcile(tx, organizationId, id);
      await audit(tx, viewer, organizationId, { action: 'repairDeployment', subject: id });
      return operation.id;
    });
    await this.reconcile.tap(target.id);
    return result;
  }

  async setQuotas(viewer: Viewer, { deploymentId: id, quotas }: SetDeploymentQuotasInput): Promise<DeploymentChange> {
    const organizationId = await this.tenancy.locateAsOperator(viewer, 'deployment', id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'deploymentId'] });
    const given = Object.fromEntries(Object.entries(quotas).filter(([, value]) => value !== null && value !== undefined));
    const override = parseInput(quotasInputSchema, given, ['input', 'quotas']);
    return this.store.store(organizationId, async (tx) => {
      const before = await this.store.lock(tx, organizationId, id, 'deploymentId');
      requireAllowed('setQuotas', viewer, before, 'deploymentId');
      const after = quotasSchema.parse({ ...before.quotas, ...override });
      await audit(tx, viewer, organizationId, { action: 'setDeploymentQuotas', subject: id, before: before.quotas, after });
      await setQuotas(tx, organizationId, id, after);
      return this.store.answer(tx, organizationId, id, null);
    });
  }

  private async change(viewer: Viewer, action: DeploymentAction, target: Target, change: Change): Promise<DeploymentChange> {
    const organizationId = await this.tenancy.locate(viewer, 'deployment', target.id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    return this.changeIn(organizationId, viewer, action, target, change);
  }

  private changeIn(
    organizationId: string,
    viewer: Viewer,
    action: DeploymentAction,
    { id, expectedVersion }: Target,
    change: Change,
  ): Promise<DeploymentChange> {
    return this.store.store(organizationId, async (tx) => {
      const before = await this.store.lock(tx, organizationId, id, 'id');
      if ((expectedVersion ?? before.version) !== before.version) {
        throw new AppError('VERSION_CONFLICT', { path: ['input', 'expectedVersion'], details: { version: before.version } });
      }
      requireAllowed(action, viewer, before, 'id');
      return this.store.answer(tx, organizationId, id, await change(tx, before));
    });
  }
}
