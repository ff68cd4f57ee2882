import { Inject, Injectable } from '@nestjs/common';
import type { Plan } from '@rookery/contracts/plans';
import type { Database } from '@rookery/db/pool';
import { cells, machines, regions } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { asc, eq, sql } from 'drizzle-orm';
import { DATABASE, PLANS } from '../tokens.js';
import type { Region } from './plans.model.js';

@Injectable()
export class PlansService {
  constructor(
    @Inject(PLANS) readonly all: readonly Plan[],
    @Inject(DATABASE) private readonly db: Database,
  ) {}

  find(id: string): Plan | undefined {
    return this.all.find((plan) => plan.id === id);
  }

  /** The plan that a new deployment asks for; without a wish, the first that may be chosen. */
  choose(id: string | null | undefined): Plan {
    const plan = this.all.find((each) => each.selectable && (id === null || id === undefined || each.id === id));
    if (plan) return plan;
    throw new AppError('UNKNOWN_PLAN', {
      path: ['input', 'planId'],
      details: { planId: id, known: this.all.filter((each) => each.selectable).map((each) => each.id) },
    });
  }

  regions(): Promise<Region[]> {
    return this.db
      .select({
        id: regions.id,
        name: regions.name,
        available: sql<boolean>`coalesce(bool_or(${machines.lostAt} IS NULL AND ${machines.revokedAt} IS NULL AND ${machines.id} IS NOT NULL AND NOT ${cells.full}), false)`,
      })
      .from(regions)
      .leftJoin(cells, eq(cells.regionId, regions.id))
      .leftJoin(machines, eq(machines.cellId, cells.id))
      .groupBy(regions.id)
      .orderBy(asc(regions.id));
  }

  /** The region that a new deployment asks for; without a wish, one that can take it now. */
  async chooseRegion(id: string | null | undefined): Promise<string> {
    const all = await this.regions();
    const known = all.map((region) => region.id);
    const chosen = known.find((each) => each === id) ?? (id ? undefined : (all.find((region) => region.available)?.id ?? known[0]));
    if (chosen === undefined) throw new AppError('UNKNOWN_REGION', { path: ['input', 'region'], details: { region: id, known } });
    return chosen;
  }
}
