/** What all changes of deployments share: the transaction, the locked row, the wish, and the answer. */
import { Injectable } from '@nestjs/common';
import type { DesiredState, OperationVerb } from '@rookery/contracts/phases';
import { sqlState } from '@rookery/db/errors';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { type Operation, toOperation } from '../operations/operations.model.js';
import { findOperation, openOperation } from '../operations/operations.repository.js';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { audit } from '../viewer/audit.js';
import { Tenancy, type TenantWork } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type Deployment, toDeployment } from './deployments.model.js';
import { type DeploymentAction, requireAllowed } from './deployments.permissions.js';
import { findDeployment, lockDeployment, setDesiredState, wantReconcile } from './deployments.repository.js';

export interface DeploymentChange {
  deployment: Deployment | null;
  operation: Operation | null;
}

/** Which deployment, and as which version the asker knows it. */
export interface Target {
  id: string;
  expectedVersion?: number | null | undefined;
}

/** Returns the id of the operation that it opened, if any. */
export type Change = (tx: OrganizationTx, before: DeploymentState) => Promise<string | null>;

/** What machines shall bring about, and what the audit log says of it. */
export interface Wish {
  state: DesiredState;
  verb: OperationVerb;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** What must come last in the transaction. */
  finally?: () => Promise<void>;
}

@Injectable()
export class DeploymentStore {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly reconcile: ReconcileTap,
  ) {}

  /** A transaction in which a taken name is a user's error. */
  async store<T>(organizationId: string, work: TenantWork<T>): Promise<T> {
    try {
      return await this.tenancy.in(organizationId, work);
    } catch (error) {
      if (!sqlState(error)?.constraint.includes('project_id_name')) throw error;
      throw new AppError('NAME_TAKEN', { path: ['input', 'name'], cause: error });
    }
  }

  /** The deployment, which nobody else changes before the transaction ends. */
  async lock(tx: OrganizationTx, organizationId: string, id: string, path: string): Promise<DeploymentState> {
    const row = await lockDeployment(tx, organizationId, id);
    if (row === null) throw new AppError('NOT_FOUND', { path: ['input', path] });
    return row;
  }

  /** One change of one deployment, if it is allowed and nobody was faster. `organizationId` null: there is no such deployment. */
  async change(
    viewer: Viewer,
    organizationId: string | null,
    action: DeploymentAction,
    { id, expectedVersion }: Target,
    change: Change,
  ): Promise<DeploymentChange> {
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    return this.store(organizationId, async (tx) => {
      const before = await this.lock(tx, organizationId, id, 'id');
      if ((expectedVersion ?? before.version) !== before.version) {
        throw new AppError('VERSION_CONFLICT', { path: ['input', 'expectedVersion'], details: { version: before.version } });
      }
      requireAllowed(action, viewer, before, 'id');
      return this.answer(tx, organizationId, id, await change(tx, before));
    });
  }

  /** A change that machines must act on: a new generation, an operation that tells how far it is, and a tap of the queue. */
  async wish(
    viewer: Viewer,
    organizationId: string | null,
    action: DeploymentAction,
    target: Target,
    decide: (tx: OrganizationTx, before: DeploymentState) => Wish | Promise<Wish>,
  ): Promise<DeploymentChange> {
    const result = await this.change(viewer, organizationId, action, target, async (tx, row) => {
      const { organizationId, id, name } = row;
      const { state, verb, before, after, finally: last } = await decide(tx, row);
      const generation = await setDesiredState(tx, organizationId, id, state);
      const operation = await openOperation(tx, organizationId, { deployment: { id, name, generation }, verb, requestedBy: viewer.label });
      await wantReconcile(tx, organizationId, id);
      await audit(tx, viewer, organizationId, {
        action: `${action}Deployment`,
        subject: id,
        ...(before && { before }),
        ...(after && { after }),
      });
      await last?.();
      return operation.id;
    });
    await this.reconcile.tap(target.id);
    return result;
  }

  async answer(tx: OrganizationTx, organizationId: string, id: string, operationId: string | null): Promise<DeploymentChange> {
    const row = await findDeployment(tx, organizationId, id);
    const operation = operationId === null ? null : await findOperation(tx, organizationId, operationId);
    return { deployment: row && toDeployment(row), operation: operation && toOperation(operation) };
  }
}
