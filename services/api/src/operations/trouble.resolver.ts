import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { Database } from '@rookery/db/pool';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { DATABASE } from '../tokens.js';
import { requireOperator, type Viewer } from '../viewer/viewer.js';
import { TroubledDeployment } from './trouble.model.js';
import { listTroubled } from './trouble.repository.js';

@Resolver()
export class TroubleResolver {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  @Query(() => [TroubledDeployment], { description: 'For operators; oldest first. Drive one again with `repairDeployment`.' })
  async troubledDeployments(@CurrentViewer() viewer: Viewer): Promise<TroubledDeployment[]> {
    requireOperator(viewer);
    return listTroubled(this.db);
  }
}
