import { Query, Resolver } from '@nestjs/graphql';
import { CurrentViewer } from '../graphql/current-viewer.js';
import type { Viewer } from '../viewer/viewer.js';
import { TroubledDeployment } from './trouble.model.js';
import { TroubleService } from './trouble.service.js';

@Resolver()
export class TroubleResolver {
  constructor(private readonly service: TroubleService) {}

  @Query(() => [TroubledDeployment], { description: 'For operators; oldest first. Drive one again with `repairDeployment`.' })
  troubledDeployments(@CurrentViewer() viewer: Viewer): Promise<TroubledDeployment[]> {
    return this.service.list(viewer);
  }
}
