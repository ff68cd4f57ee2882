import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { AppError } from '@rookery/service-kit/errors';
import { kindOf } from '@rookery/service-kit/ids';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { DeploymentsService } from '../deployments/deployments.service.js';
import { ExportsService } from '../exports/exports.service.js';
import { OperationsService } from '../operations/operations.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import type { Viewer } from '../viewer/viewer.js';
import { CurrentViewer } from './current-viewer.js';
import { Node } from './node.model.js';

const IDS_MAX = 100;

@Resolver()
export class NodeResolver {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly deployments: DeploymentsService,
    private readonly credentials: CredentialsService,
    private readonly operations: OperationsService,
    private readonly apiKeys: ApiKeysService,
    private readonly exports: ExportsService,
  ) {}

  @Query(() => Node, { nullable: true })
  node(@CurrentViewer() viewer: Viewer, @Args('id', { type: () => ID }) id: string): Promise<Node | null> {
    return this.find(viewer, id);
  }

  @Query(() => [Node], { nullable: 'items' })
  nodes(@CurrentViewer() viewer: Viewer, @Args('ids', { type: () => [ID] }) ids: string[]): Promise<(Node | null)[]> {
    if (ids.length > IDS_MAX) throw new AppError('BAD_REQUEST', { message: `at most ${IDS_MAX} ids at once`, path: ['ids'] });
    return Promise.all(ids.map((id) => this.find(viewer, id)));
  }

  private async find(viewer: Viewer, id: string): Promise<Node | null> {
    switch (kindOf(id)) {
      case 'person':
        return this.organizations.findPerson(viewer, id);
      case 'organization':
        return this.organizations.findOrganization(viewer, id);
      case 'project':
        return this.organizations.findProject(viewer, id);
      case 'deployment':
        return this.deployments.find(viewer, id);
      case 'credential':
        return this.credentials.find(viewer, id);
      case 'operation':
        return this.operations.find(viewer, id, 0);
      case 'apiKey':
        return this.apiKeys.find(viewer, id);
      case 'export':
        return this.exports.find(viewer, id);
      default:
        return null;
    }
  }
}
