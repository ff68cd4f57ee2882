import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import type { Viewer } from '../viewer/viewer.js';
import { Drift, Orphan } from './drift.model.js';
import { DriftService } from './drift.service.js';

@Resolver(() => Deployment)
export class DriftResolver {
  constructor(private readonly service: DriftService) {}

  @ResolveField(() => Drift, { nullable: true, description: 'Null: the last comparison found it as it was made.' })
  drift(@Parent() deployment: Deployment): Promise<Drift | null> {
    return this.service.of(deployment);
  }

  @Query(() => [Orphan], { description: 'For operators; oldest first.' })
  orphans(@CurrentViewer() viewer: Viewer): Promise<Orphan[]> {
    return this.service.orphans(viewer);
  }
}
