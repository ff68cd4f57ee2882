/** What all changes of deployments share: the transaction, the locked row, and the answer. */
import { Injectable } from '@nestjs/common';
import { sqlState } from '@rookery/db/errors';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { type Operation, toOperation } from '../operations/operations.model.js';
import { findOperation } from '../operations/operations.repository.js';
import { Tenancy, type TenantWork } from '../viewer/tenancy.js';
import { type Deployment, toDeployment } from './deployments.model.js';
import { findDeployment, lockDeployment } from './deployments.repository.js';

export interface DeploymentChange {
  deployment: Deployment | null;
  operation: Operation | null;
}

@Injectable()
export class DeploymentStore {
  constructor(private readonly tenancy: Tenancy) {}

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

  async answer(tx: OrganizationTx, organizationId: string, id: string, operationId: string | null): Promise<DeploymentChange> {
    const row = await findDeployment(tx, organizationId, id);
    const operation = operationId === null ? null : await findOperation(tx, organizationId, operationId);
    return { deployment: row && toDeployment(row), operation: operation && toOperation(operation) };
  }
}
