import { Args, Context, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { Export } from '../exports/exports.model.js';
import type { GraphqlContext } from '../graphql/current-viewer.js';
import { MetricPoint } from '../metrics/metrics.model.js';
import { Operation } from '../operations/operations.model.js';
import { LiveService } from './live.service.js';

const itself = { resolve: (value: unknown) => value };
const idArgument = { type: () => ID };

@Resolver()
export class LiveResolver {
  constructor(private readonly service: LiveService) {}

  @Subscription(() => Deployment, itself)
  deploymentUpdated(@Context() context: GraphqlContext, @Args('id', idArgument) id: string): AsyncGenerator<Deployment> {
    return this.service.deployment(context, id);
  }

  @Subscription(() => Deployment, itself)
  deploymentsUpdated(@Context() context: GraphqlContext, @Args('projectId', idArgument) projectId: string): AsyncGenerator<Deployment> {
    return this.service.deploymentsOf(context, projectId);
  }

  @Subscription(() => Operation, itself)
  operationUpdated(@Context() context: GraphqlContext, @Args('id', idArgument) id: string): AsyncGenerator<Operation> {
    return this.service.operation(context, id);
  }

  @Subscription(() => Export, itself)
  exportsUpdated(@Context() context: GraphqlContext, @Args('organizationId', idArgument) organizationId: string): AsyncGenerator<Export> {
    return this.service.exportsOf(context, organizationId);
  }

  @Subscription(() => MetricPoint, itself)
  deploymentMetrics(@Context() context: GraphqlContext, @Args('id', idArgument) id: string): AsyncGenerator<MetricPoint> {
    return this.service.metrics(context, id);
  }
}
