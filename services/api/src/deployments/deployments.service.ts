/** Deployments as they are. What changes them is in the services beside this one. */
import { Injectable } from '@nestjs/common';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type Deployment, type DeploymentFilter, toDeployment } from './deployments.model.js';
import { findDeployment, listDeployments } from './deployments.repository.js';

@Injectable()
export class DeploymentsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
  ) {}

  async find(viewer: Viewer, id: string): Promise<Deployment | null> {
    const row = await this.tenancy.read(viewer, 'deployment', id, (tx, organizationId) => findDeployment(tx, organizationId, id));
    return row && toDeployment(row);
  }

  /** Of a project, or of the viewer's only organization. A project that is not there has none. */
  async search(viewer: Viewer, projectId: string | null, filter: DeploymentFilter, page: Page): Promise<Connection<Deployment>> {
    const organizationId = await this.organizationOf(viewer, projectId);
    if (organizationId === null) return connectionFrom<Deployment>([], page, 0);
    const search = { projectId, search: filter.search ?? null, phases: filter.phases ?? null, regionId: filter.region ?? null };
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => listDeployments(tx, organizationId, search, page));
    return connectionFrom(rows.map(toDeployment), page, totalCount);
  }

  private organizationOf(viewer: Viewer, projectId: string | null): Promise<string | null> {
    if (projectId === null) return this.choice.organization(viewer, null, ['projectId']);
    return this.tenancy.locate(viewer, 'project', projectId);
  }
}
