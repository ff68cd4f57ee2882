import { Args, Field, ID, Mutation, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ApiKey } from '../api-keys/api-keys.model.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { ExportsService } from '../exports/exports.service.js';
import { PageArgs, pageOf } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import { allowed } from '../graphql/permission.model.js';
import type { Viewer as ViewerRow } from '../viewer/viewer.js';
import {
  CreateProjectInput,
  CreateProjectPayload,
  Organization,
  OrganizationPermissions,
  Person,
  Project,
  ProjectConnection,
  ProjectPermissions,
} from './organizations.model.js';
import { OrganizationsService } from './organizations.service.js';

@ObjectType()
export class Viewer {
  @Field(() => Boolean) isOperator!: boolean;
  @Field(() => String, { nullable: true, deprecationReason: 'Requests are checked by Origin and SameSite; there is no token.' })
  csrfToken!: string | null;
}

@Resolver(() => Viewer)
export class ViewerResolver {
  constructor(
    private readonly service: OrganizationsService,
    private readonly apiKeys: ApiKeysService,
  ) {}

  @Query(() => Viewer)
  viewer(@CurrentViewer() viewer: ViewerRow): Viewer {
    return { isOperator: viewer.isOperator, csrfToken: null };
  }

  @ResolveField(() => Person, { nullable: true })
  person(@CurrentViewer() viewer: ViewerRow): Promise<Person | null> {
    return this.service.findPerson(viewer, viewer.personId);
  }

  @ResolveField(() => ApiKey, { nullable: true })
  apiKey(@CurrentViewer() viewer: ViewerRow): Promise<ApiKey | null> | null {
    return viewer.apiKeyId === null ? null : this.apiKeys.find(viewer, viewer.apiKeyId);
  }

  @ResolveField(() => [Organization])
  organizations(@CurrentViewer() viewer: ViewerRow): Promise<Organization[]> {
    return this.service.organizations(viewer);
  }
}

@Resolver(() => Organization)
export class OrganizationsResolver {
  constructor(
    private readonly service: OrganizationsService,
    private readonly exports: ExportsService,
  ) {}

  @Query(() => Organization, { nullable: true })
  organization(@CurrentViewer() viewer: ViewerRow, @Args('id', { type: () => ID }) id: string): Promise<Organization | null> {
    return this.service.findOrganization(viewer, id);
  }

  @ResolveField(() => ProjectConnection)
  projects(@Parent() organization: Organization, @Args() args: PageArgs): Promise<ProjectConnection> {
    return this.service.listProjects(organization.id, pageOf('project', args));
  }

  @ResolveField(() => OrganizationPermissions)
  viewerCan(): OrganizationPermissions {
    return { createProject: allowed, createApiKey: allowed, createExport: this.exports.permission };
  }
}

@Resolver(() => Project)
export class ProjectsResolver {
  constructor(private readonly service: OrganizationsService) {}

  @Query(() => Project, { nullable: true })
  project(@CurrentViewer() viewer: ViewerRow, @Args('id', { type: () => ID }) id: string): Promise<Project | null> {
    return this.service.findProject(viewer, id);
  }

  @Mutation(() => CreateProjectPayload)
  createProject(@CurrentViewer() viewer: ViewerRow, @Args('input') input: CreateProjectInput): Promise<CreateProjectPayload> {
    return asPayload(() => this.service.createProject(viewer, input));
  }

  @ResolveField(() => Organization)
  organization(@Parent() project: Project): Promise<Organization> {
    return this.service.organizationOf(project);
  }

  @ResolveField(() => ProjectPermissions)
  viewerCan(): ProjectPermissions {
    return { createDeployment: allowed };
  }
}
