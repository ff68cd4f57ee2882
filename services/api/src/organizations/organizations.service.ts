import { Injectable } from '@nestjs/common';
import { sqlState } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { Envelope } from '@rookery/service-kit/envelope';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type CreateProjectInput, createProjectSchema, type Organization, type Person, type Project } from './organizations.model.js';
import * as repository from './organizations.repository.js';
import { ProjectChoice } from './project-choice.js';

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
    private readonly envelope: Envelope,
  ) {}

  async findOrganization(viewer: Viewer, id: string): Promise<Organization | null> {
    return this.tenancy.read(viewer, 'organization', id, (tx) => repository.findOrganization(tx, id));
  }

  /** Of a project that the viewer was shown. */
  async organizationOf(project: Project): Promise<Organization> {
    return (await this.tenancy.in(project.organizationId, (tx, id) => repository.findOrganization(tx, id)))!;
  }

  async organizations(viewer: Viewer): Promise<Organization[]> {
    const found = await Promise.all(viewer.organizationIds.map((id) => this.findOrganization(viewer, id)));
    return found.filter((organization) => organization !== null);
  }

  /** A viewer sees herself only. */
  async findPerson(viewer: Viewer, id: string): Promise<Person | null> {
    if (viewer.apiKeyId !== null || viewer.personId !== id) return null;
    return this.tenancy.own(viewer, (tx) => repository.findPerson(tx, id));
  }

  async findProject(viewer: Viewer, id: string): Promise<Project | null> {
    const found = await this.tenancy.read(viewer, 'project', id, (tx, organizationId) => repository.findProjects(tx, organizationId, [id]));
    return found?.[0] ?? null;
  }

  /** Batched. */
  async projectsOf(things: readonly { organizationId: string; projectId: string }[]): Promise<Project[]> {
    const found = new Map<string, Project>();
    for (const [organizationId, group] of Map.groupBy(things, (thing) => thing.organizationId)) {
      const ids = group.map((thing) => thing.projectId);
      for (const row of await this.tenancy.in(organizationId, (tx) => repository.findProjects(tx, organizationId, ids)))
        found.set(row.id, row);
    }
    return things.map((thing) => found.get(thing.projectId)!);
  }

  async listProjects(organizationId: string, page: Page): Promise<Connection<Project>> {
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => repository.listProjects(tx, organizationId, page));
    return connectionFrom(rows, page, totalCount);
  }

  async createProject(viewer: Viewer, given: CreateProjectInput): Promise<{ project: Project }> {
    const input = parseInput(createProjectSchema, given);
    const organizationId = await this.choice.organization(viewer, input.organizationId, ['input', 'organizationId']);
    const request = { organizationId, mutation: 'createProject', key: input.idempotencyKey, input };
    try {
      return await this.tenancy.in(organizationId, async (tx) => {
        const { resourceId } = await createOnce(tx, this.envelope, request, async () => {
          const id = newId('project');
          await repository.insertProject(tx, { organizationId, id, name: input.name });
          await audit(tx, viewer, organizationId, { action: 'createProject', subject: id, after: { name: input.name } });
          return { resourceId: id };
        });
        const [project] = await repository.findProjects(tx, organizationId, [resourceId]);
        return { project: project! };
      });
    } catch (error) {
      if (sqlState(error)?.code === '23505') throw new AppError('NAME_TAKEN', { path: ['input', 'name'], cause: error });
      throw error;
    }
  }
}
