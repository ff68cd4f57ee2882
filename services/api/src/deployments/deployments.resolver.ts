import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { PageArgs, pageOf } from '../graphql/connection.js';
import { CurrentViewer, type GraphqlContext } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import { Project } from '../organizations/organizations.model.js';
import { Plan, Region, retiredPlan, toPlan } from '../plans/plans.model.js';
import { PlansService } from '../plans/plans.service.js';
import type { Viewer } from '../viewer/viewer.js';
import { ChangeDeploymentService } from './change-deployment.service.js';
import { connectionDetails } from './connection-details.js';
import { CreateDeploymentService } from './create-deployment.service.js';
import {
  CreateDeploymentInput,
  DeleteDeploymentInput,
  RepairDeploymentInput,
  ResizeDeploymentInput,
  SetDeploymentQuotasInput,
  StartDeploymentInput,
  StopDeploymentInput,
  UpdateDeploymentInput,
  UpgradeDeploymentInput,
} from './deployments.input.js';
import {
  ConnectionDetails,
  CreateDeploymentPayload,
  DeleteDeploymentPayload,
  Deployment,
  DeploymentConnection,
  DeploymentFilter,
  DeploymentPermissions,
  PlanChoice,
  RepairDeploymentPayload,
  ResizeDeploymentPayload,
  SetDeploymentQuotasPayload,
  StartDeploymentPayload,
  StopDeploymentPayload,
  UpdateDeploymentPayload,
  UpgradeDeploymentPayload,
} from './deployments.model.js';
import { deploymentPermissions } from './deployments.permissions.js';
import { DeploymentsService } from './deployments.service.js';
import { ResizeDeploymentService } from './resize-deployment.service.js';

@Resolver(() => Deployment)
export class DeploymentsResolver {
  constructor(
    private readonly service: DeploymentsService,
    private readonly creation: CreateDeploymentService,
    private readonly changes: ChangeDeploymentService,
    private readonly sizes: ResizeDeploymentService,
    private readonly plans: PlansService,
  ) {}

  @Query(() => Deployment, { nullable: true })
  deployment(@CurrentViewer() viewer: Viewer, @Args('id', { type: () => ID }) id: string): Promise<Deployment | null> {
    return this.service.find(viewer, id);
  }

  @Query(() => DeploymentConnection)
  deployments(
    @CurrentViewer() viewer: Viewer,
    @Args('projectId', { type: () => ID, nullable: true }) projectId: string | null,
    @Args('filter', { type: () => DeploymentFilter, nullable: true }) filter: DeploymentFilter | null,
    @Args() args: PageArgs,
  ): Promise<DeploymentConnection> {
    return this.service.search(viewer, projectId ?? null, filter ?? {}, pageOf('deployment', args));
  }

  @Mutation(() => CreateDeploymentPayload)
  createDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateDeploymentInput): Promise<CreateDeploymentPayload> {
    return asPayload(() => this.creation.create(viewer, input));
  }

  @Mutation(() => UpdateDeploymentPayload)
  updateDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: UpdateDeploymentInput): Promise<UpdateDeploymentPayload> {
    return asPayload(() => this.changes.update(viewer, input));
  }

  @Mutation(() => StopDeploymentPayload)
  stopDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: StopDeploymentInput): Promise<StopDeploymentPayload> {
    return asPayload(() => this.changes.wish(viewer, 'stop', input));
  }

  @Mutation(() => StartDeploymentPayload)
  startDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: StartDeploymentInput): Promise<StartDeploymentPayload> {
    return asPayload(() => this.changes.wish(viewer, 'start', input));
  }

  @Mutation(() => DeleteDeploymentPayload)
  deleteDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: DeleteDeploymentInput): Promise<DeleteDeploymentPayload> {
    return asPayload(() => this.changes.wish(viewer, 'delete', input));
  }

  @Mutation(() => RepairDeploymentPayload, { description: 'Drives again what was given up or hangs.' })
  repairDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: RepairDeploymentInput): Promise<RepairDeploymentPayload> {
    return asPayload(() => this.changes.repair(viewer, input));
  }

  @Mutation(() => UpgradeDeploymentPayload, {
    description: 'Stops it and starts it with `availableBrokerVersion`; nothing acknowledged is lost.',
  })
  upgradeDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: UpgradeDeploymentInput): Promise<UpgradeDeploymentPayload> {
    return asPayload(() => this.changes.upgrade(viewer, input));
  }

  @Mutation(() => ResizeDeploymentPayload, { description: 'Changes the plan in place: nobody is cut off.' })
  resizeDeployment(@CurrentViewer() viewer: Viewer, @Args('input') input: ResizeDeploymentInput): Promise<ResizeDeploymentPayload> {
    return asPayload(() => this.sizes.resize(viewer, input));
  }

  @Mutation(() => SetDeploymentQuotasPayload)
  setDeploymentQuotas(
    @CurrentViewer() viewer: Viewer,
    @Args('input') input: SetDeploymentQuotasInput,
  ): Promise<SetDeploymentQuotasPayload> {
    return asPayload(() => this.changes.setQuotas(viewer, input));
  }

  @ResolveField(() => Project)
  project(@Parent() deployment: Deployment, @Context() context: GraphqlContext): Promise<Project> {
    return context.loaders.project.load(deployment.row);
  }

  @ResolveField(() => Plan)
  plan(@Parent() { row }: Deployment): Plan {
    const plan = this.plans.find(row.planId);
    return plan ? toPlan(plan) : retiredPlan(row.planId, row.quotas);
  }

  @ResolveField(() => [PlanChoice], { description: 'What `resizeDeployment` would say to each plan.' })
  planChoices(@Parent() { row }: Deployment): Promise<PlanChoice[]> {
    return this.sizes.choices(row);
  }

  @ResolveField(() => Region)
  async region(@Parent() { row }: Deployment, @Context() context: GraphqlContext): Promise<Region> {
    return (await context.loaders.region.load(row.regionId))!;
  }

  @ResolveField(() => ConnectionDetails)
  connection(@Parent() { row }: Deployment): ConnectionDetails {
    return connectionDetails(row);
  }

  @ResolveField(() => DeploymentPermissions)
  viewerCan(@CurrentViewer() viewer: Viewer, @Parent() { row }: Deployment): DeploymentPermissions {
    return deploymentPermissions(viewer, row);
  }
}

@Resolver(() => Project)
export class ProjectDeploymentsResolver {
  constructor(private readonly service: DeploymentsService) {}

  @ResolveField(() => DeploymentConnection)
  deployments(
    @CurrentViewer() viewer: Viewer,
    @Parent() project: Project,
    @Args('filter', { type: () => DeploymentFilter, nullable: true }) filter: DeploymentFilter | null,
    @Args() args: PageArgs,
  ): Promise<DeploymentConnection> {
    return this.service.search(viewer, project.id, filter ?? {}, pageOf('deployment', args));
  }
}
