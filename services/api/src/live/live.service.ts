/** Subscriptions: each begins with the present, then follows the changes. An id that is not there is NOT_FOUND. */
import { Injectable } from '@nestjs/common';
import type { Notification } from '@rookery/db/notifications';
import { AppError } from '@rookery/service-kit/errors';
import type { Deployment } from '../deployments/deployments.model.js';
import { DeploymentsService } from '../deployments/deployments.service.js';
import type { Export } from '../exports/exports.model.js';
import { ExportsService } from '../exports/exports.service.js';
import type { GraphqlContext } from '../graphql/current-viewer.js';
import type { MetricPoint } from '../metrics/metrics.model.js';
import { latestPoint } from '../metrics/metrics.service.js';
import type { Operation } from '../operations/operations.model.js';
import { OperationsService } from '../operations/operations.service.js';
import { Tenancy, type TenantKind } from '../viewer/tenancy.js';
import { requireViewer, type Viewer } from '../viewer/viewer.js';
import { NotificationHub } from './notification-hub.js';
import { Watch } from './watch.js';

@Injectable()
export class LiveService {
  constructor(
    private readonly hub: NotificationHub,
    private readonly tenancy: Tenancy,
    private readonly deployments: DeploymentsService,
    private readonly operations: OperationsService,
    private readonly exports: ExportsService,
  ) {}

  /** Ends when the deployment is gone. */
  async *deployment(context: GraphqlContext, id: string): AsyncGenerator<Deployment> {
    const { viewer, changes } = await this.follow(
      context,
      'deployment',
      id,
      () => (each) => each.subject === 'deployment' && each.id === id,
    );
    try {
      for (let now = await this.deployments.find(viewer, id); now !== null; now = await this.deployments.find(viewer, id)) {
        yield now;
        await changes.next();
      }
    } finally {
      changes.stop();
    }
  }

  /** Every deployment of a project that changes, one by one. */
  async *deploymentsOf(context: GraphqlContext, projectId: string): AsyncGenerator<Deployment> {
    const inOrganization = (organizationId: string) => (each: Notification) =>
      each.subject === 'deployment' && each.scopeId === organizationId;
    const { viewer, changes } = await this.follow(context, 'project', projectId, inOrganization);
    try {
      for (;;) {
        for (const id of await changes.next()) {
          const deployment = await this.deployments.find(viewer, id);
          if (deployment?.row.projectId === projectId) yield deployment;
        }
      }
    } finally {
      changes.stop();
    }
  }

  /** Ends with the operation. */
  async *operation(context: GraphqlContext, id: string): AsyncGenerator<Operation> {
    const { viewer, changes } = await this.follow(context, 'operation', id, () => (each) => each.subject === 'operation' && each.id === id);
    try {
      for (;;) {
        const now = await this.operations.find(viewer, id, 0);
        if (now === null) return;
        yield now;
        if (now.finishedAt !== null) return;
        await changes.next();
      }
    } finally {
      changes.stop();
    }
  }

  /** Every export of an organization that is asked for or changes, one by one. */
  async *exportsOf(context: GraphqlContext, organizationId: string): AsyncGenerator<Export> {
    const inOrganization = (scope: string) => (each: Notification) => each.subject === 'export' && each.scopeId === scope;
    const { viewer, changes } = await this.follow(context, 'organization', organizationId, inOrganization);
    try {
      for (;;) {
        for (const id of await changes.next()) {
          const changed = await this.exports.find(viewer, id);
          if (changed !== null) yield changed;
        }
      }
    } finally {
      changes.stop();
    }
  }

  async *metrics(context: GraphqlContext, id: string): AsyncGenerator<MetricPoint> {
    const { viewer, changes } = await this.follow(context, 'deployment', id, () => (each) => each.subject === 'metrics' && each.id === id);
    try {
      for (let now = await this.deployments.find(viewer, id); now !== null; now = await this.deployments.find(viewer, id)) {
        const latest = latestPoint(now.row);
        if (latest) yield latest;
        await changes.next();
      }
    } finally {
      changes.stop();
    }
  }

  private async follow(
    context: GraphqlContext,
    kind: TenantKind,
    id: string,
    wants: (organizationId: string) => (each: Notification) => boolean,
  ) {
    const viewer = requireViewer(context.viewer);
    const organizationId = await this.tenancy.locate(viewer, kind, id);
    if (organizationId === null) throw new AppError('NOT_FOUND');
    const sees = async (now: Viewer | null) => now !== null && (await this.tenancy.locate(now, kind, id)) !== null;
    const stillAllowed = async () => sees(await context.reauthorise());
    return { viewer, changes: new Watch(this.hub, { wants: wants(organizationId), stillAllowed }) };
  }
}
