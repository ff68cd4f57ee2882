import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { DeploymentsService } from '../deployments/deployments.service.js';
import { pageOf, SearchPageArgs } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import { allowed } from '../graphql/permission.model.js';
import type { Viewer } from '../viewer/viewer.js';
import {
  CreateCredentialInput,
  CreateCredentialPayload,
  Credential,
  CredentialConnection,
  CredentialPermissions,
  DeleteCredentialInput,
  DeleteCredentialPayload,
} from './credentials.model.js';
import { CredentialsService } from './credentials.service.js';

@Resolver(() => Credential)
export class CredentialsResolver {
  constructor(
    private readonly service: CredentialsService,
    private readonly deployments: DeploymentsService,
  ) {}

  @Query(() => CredentialConnection)
  credentials(
    @CurrentViewer() viewer: Viewer,
    @Args('deploymentId', { type: () => ID }) deploymentId: string,
    @Args() args: SearchPageArgs,
  ): Promise<CredentialConnection> {
    return this.service.list(viewer, deploymentId, args.search ?? null, pageOf('credential', args));
  }

  @Mutation(() => CreateCredentialPayload)
  createCredential(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateCredentialInput): Promise<CreateCredentialPayload> {
    return asPayload(() => this.service.create(viewer, input));
  }

  @Mutation(() => DeleteCredentialPayload)
  deleteCredential(@CurrentViewer() viewer: Viewer, @Args('input') input: DeleteCredentialInput): Promise<DeleteCredentialPayload> {
    return asPayload(() => this.service.delete(viewer, input.id));
  }

  @ResolveField(() => Deployment)
  async deployment(@CurrentViewer() viewer: Viewer, @Parent() credential: Credential): Promise<Deployment> {
    return (await this.deployments.find(viewer, credential.deploymentId))!;
  }

  @ResolveField(() => CredentialPermissions)
  viewerCan(): CredentialPermissions {
    return { delete: allowed };
  }
}

@Resolver(() => Deployment)
export class DeploymentCredentialsResolver {
  constructor(private readonly service: CredentialsService) {}

  @ResolveField(() => CredentialConnection)
  credentials(
    @CurrentViewer() viewer: Viewer,
    @Parent() deployment: Deployment,
    @Args() args: SearchPageArgs,
  ): Promise<CredentialConnection> {
    return this.service.list(viewer, deployment.id, args.search ?? null, pageOf('credential', args));
  }
}
