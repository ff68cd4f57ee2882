import { Injectable } from '@nestjs/common';
import { AppError } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { NotificationHub } from '../live/notification-hub.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type Operation, toOperation } from './operations.model.js';
import { findOperation, listOperations, openOperationsOf } from './operations.repository.js';

const WAIT_SECONDS_MAX = 60;
/** A lost notification costs no more than this. */
const RECHECK_MS = 5_000;

@Injectable()
export class OperationsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
    private readonly hub: NotificationHub,
  ) {}

  /** Waits up to `waitSeconds` for the end of the operation, and answers with its state then. */
  async find(viewer: Viewer, id: string, waitSeconds: number): Promise<Operation | null> {
    if (waitSeconds < 0 || waitSeconds > WAIT_SECONDS_MAX) {
      throw new AppError('BAD_REQUEST', { message: `waitSeconds must be between 0 and ${WAIT_SECONDS_MAX}`, path: ['waitSeconds'] });
    }
    const organizationId = await this.tenancy.locate(viewer, 'operation', id);
    if (organizationId === null) return null;
    const deadline = Date.now() + waitSeconds * 1_000;
    for (;;) {
      // Listen before looking, so that an end between the two is not missed.
      const wait = this.hub.nextOf('operation', id, Math.min(RECHECK_MS, deadline - Date.now()));
      const row = await this.tenancy.in(organizationId, (tx) => findOperation(tx, organizationId, id));
      if (row === null || row.finishedAt !== null || Date.now() >= deadline || this.hub.isEnding) {
        wait.cancel();
        return row && toOperation(row);
      }
      await wait.done;
    }
  }

  /** Of a deployment (one that is gone too), or of the viewer's only organization. */
  async search(viewer: Viewer, deploymentId: string | null, page: Page): Promise<Connection<Operation>> {
    if (deploymentId !== null && uuidOf('deployment', deploymentId) === null) return connectionFrom<Operation>([], page, 0);
    const located = deploymentId === null ? null : await this.tenancy.locate(viewer, 'deployment', deploymentId);
    return this.list(located ?? (await this.choice.organization(viewer, null, ['deploymentId'])), deploymentId, page);
  }

  async list(organizationId: string, deploymentId: string | null, page: Page): Promise<Connection<Operation>> {
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => listOperations(tx, organizationId, deploymentId, page));
    return connectionFrom(rows.map(toOperation), page, totalCount);
  }

  /** Batched: the open operation of each deployment, null where nothing runs. */
  async openOf(deployments: readonly { id: string; organizationId: string }[]): Promise<(Operation | null)[]> {
    const found = new Map<string, Operation>();
    for (const [organizationId, group] of Map.groupBy(deployments, (deployment) => deployment.organizationId)) {
      const ids = group.map((deployment) => deployment.id);
      for (const row of await this.tenancy.in(organizationId, (tx) => openOperationsOf(tx, organizationId, ids)))
        found.set(row.deploymentId, toOperation(row));
    }
    return deployments.map((deployment) => found.get(deployment.id) ?? null);
  }
}
