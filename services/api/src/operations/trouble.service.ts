/** Deployments of any organization that need an operator's hand. */
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { DATABASE } from '../tokens.js';
import { requireOperator, type Viewer } from '../viewer/viewer.js';
import type { TroubledDeployment } from './trouble.model.js';
import { listTroubled } from './trouble.repository.js';

@Injectable()
export class TroubleService {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Throws FORBIDDEN. */
  async list(viewer: Viewer): Promise<TroubledDeployment[]> {
    requireOperator(viewer);
    return listTroubled(this.db);
  }
}
