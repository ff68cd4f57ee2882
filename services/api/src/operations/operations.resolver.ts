import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { DeploymentsService } from '../deployments/deployments.service.js';
import { PageArgs, pageOf, ShortPageArgs } from '../graphql/connection.js';
import { CurrentViewer, type GraphqlContext } from '../graphql/current-viewer.js';
import type { Viewer } from '../viewer/viewer.js';
import { Operation, OperationConnection } from './operations.model.js';
import { OperationsService } from './operations.service.js';

@Resolver(() => Operation)
export class OperationsResolver {
  constructor(
    private readonly service: OperationsService,
    private readonly deployments: DeploymentsService,
  ) {}

  @Query(() => Operation, { nullable: true })
  operation(
    @CurrentViewer() viewer: Viewer,
    @Args('id', { type: () => ID }) id: string,
    @Args('waitSeconds', { type: () => Int, nullable: true, defaultValue: 0 }) waitSeconds: number | null,
  ): Promise<Operation | null> {
    return this.service.find(viewer, id, waitSeconds ?? 0);
  }

  @Query(() => OperationConnection)
  operations(
    @CurrentViewer() viewer: Viewer,
    @Args('deploymentId', { type: () => ID, nullable: true }) deploymentId: string | null,
    @Args() args: PageArgs,
  ): Promise<OperationConnection> {
    return this.service.search(viewer, deploymentId ?? null, pageOf('operation', args));
  }

  @ResolveField(() => Deployment, { nullable: true })
  deployment(@CurrentViewer() viewer: Viewer, @Parent() operation: Operation): Promise<Deployment | null> {
    return this.deployments.find(viewer, operation.deploymentId);
  }
}

@Resolver(() => Deployment)
export class DeploymentOperationsResolver {
  constructor(private readonly service: OperationsService) {}

  @ResolveField(() => OperationConnection)
  operations(@Parent() deployment: Deployment, @Args() args: ShortPageArgs): Promise<OperationConnection> {
    return this.service.list(deployment.organizationId, deployment.id, pageOf('operation', args));
  }

  @ResolveField(() => Operation, { nullable: true })
  currentOperation(@Parent() deployment: Deployment, @Context() context: GraphqlContext): Promise<Operation | null> {
    return context.loaders.openOperation.load(deployment);
  }
}
