/** What the last comparison found. Comparing and putting right is the provisioner's. */
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { deploymentDrift, orphans } from '@rookery/db/schema/drift';
import { and, asc, eq } from 'drizzle-orm';
import { DATABASE } from '../tokens.js';
import { Tenancy } from '../viewer/tenancy.js';
import { requireOperator, type Viewer } from '../viewer/viewer.js';
import type { Drift, Orphan } from './drift.model.js';

const ORPHANS_MAX = 200;

@Injectable()
export class DriftService {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(DATABASE) private readonly db: Database,
  ) {}

  /** Null: nothing differs. */
  async of({ organizationId, id }: { organizationId: string; id: string }): Promise<Drift | null> {
    const mine = and(eq(deploymentDrift.organizationId, organizationId), eq(deploymentDrift.deploymentId, id));
    const [row] = await this.tenancy.in(organizationId, (tx) => tx.select().from(deploymentDrift).where(mine));
    return row ?? null;
  }

  /** Throws FORBIDDEN. */
  async orphans(viewer: Viewer): Promise<Orphan[]> {
    requireOperator(viewer);
    return this.db.select().from(orphans).orderBy(asc(orphans.foundAt), asc(orphans.id)).limit(ORPHANS_MAX);
  }
}
