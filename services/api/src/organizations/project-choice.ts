/** Where a new thing goes when the request does not say: to the only place there is. */
import { Injectable } from '@nestjs/common';
import { AppError } from '@rookery/service-kit/errors';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { listProjects } from './organizations.repository.js';

@Injectable()
export class ProjectChoice {
  constructor(private readonly tenancy: Tenancy) {}

  /** The given project, or the viewer's only one. */
  async choose(viewer: Viewer, projectId: string | null | undefined): Promise<{ organizationId: string; projectId: string }> {
    if (projectId !== null && projectId !== undefined) {
      const organizationId = await this.tenancy.locate(viewer, 'project', projectId);
      if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'projectId'] });
      return { organizationId, projectId };
    }
    const all: { organizationId: string; projectId: string }[] = [];
    for (const organizationId of viewer.organizationIds) {
      const { rows } = await this.tenancy.in(organizationId, (tx) => listProjects(tx, organizationId, { first: 2, after: null }));
      all.push(...rows.map((project) => ({ organizationId, projectId: project.id })));
    }
    if (all.length === 1) return all[0]!;
    throw new AppError('INVALID_INPUT', { message: 'must be given: there is more than one project', path: ['input', 'projectId'] });
  }

  /** The given organization, or the viewer's only one. */
  async organization(viewer: Viewer, organizationId: string | null | undefined, path: readonly string[]): Promise<string> {
    const wished = organizationId ?? (viewer.organizationIds.length === 1 ? viewer.organizationIds[0] : undefined);
    if (wished === undefined) throw new AppError('INVALID_INPUT', { message: 'must be given: there is more than one organization', path });
    if (!viewer.organizationIds.includes(wished)) throw new AppError('NOT_FOUND', { path });
    return wished;
  }
}
