import { Args, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { LimitHits, MetricPoint, MetricSeries } from './metrics.model.js';
import { latestPoint, limitHits, MetricsService } from './metrics.service.js';

@Resolver(() => Deployment)
export class MetricsResolver {
  constructor(private readonly service: MetricsService) {}

  @ResolveField(() => MetricSeries)
  metrics(
    @Parent() { row }: Deployment,
    @Args('rangeSeconds', { type: () => Int, nullable: true, defaultValue: 900 }) rangeSeconds: number | null,
  ): Promise<MetricSeries> {
    return this.service.series(row, rangeSeconds ?? 900);
  }

  @ResolveField(() => MetricPoint, { nullable: true })
  latest(@Parent() { row }: Deployment): MetricPoint | null {
    return latestPoint(row);
  }

  @ResolveField(() => [LimitHits], { description: 'Since the broker started; only limits that were met.' })
  limitHits(@Parent() { row }: Deployment): LimitHits[] {
    return limitHits(row);
  }
}
