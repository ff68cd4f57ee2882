import { Inject, Injectable } from '@nestjs/common';
import type { Plan } from '@rookery/contracts/plans';
import type { Database } from '@rookery/db/pool';
import { cells, machines, regions } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { asc, eq, sql } from 'drizzle-orm';
import { DATABASE, PLANS } from '../tokens.js';
import type { Region } from './plans.model.js';

interface KnownRegion extends Region {
  /** A cell there makes a machine for each deployment. */
  makesMachines: boolean;
}

@Injectable()
export class PlansService {
  constructor(
    @Inject(PLANS) readonly all: readonly Plan[],
    @Inject(DATABASE) private readonly db: Database,
  ) {}

  find(id: string): Plan | undefined {
    return this.all.find((plan) => plan.id === id);
  }

  /** All plans. A dedicated one may be chosen where a cell makes machines, whatever the table says. */
  async offered(): Promise<Plan[]> {
    const makesMachines = (await this.regions()).some((region) => region.makesMachines);
    return this.all.map((plan) => ({ ...plan, selectable: plan.selectable || (plan.tier === 'DEDICATED' && makesMachines) }));
  }

  /** The plan that a new deployment asks for; without a wish, the first that may be chosen. */
  async choose(id: string | null | undefined): Promise<Plan> {
    const open = (await this.offered()).filter(({ selectable }) => selectable);
    const plan = open.find((each) => id === null || id === undefined || each.id === id);
    if (plan) return plan;
    throw new AppError('UNKNOWN_PLAN', { path: ['input', 'planId'], details: { planId: id, known: open.map((each) => each.id) } });
  }

  regions(): Promise<KnownRegion[]> {
    return this.db
      .select({
        id: regions.id,
        name: regions.name,
        available: sql<boolean>`coalesce(bool_or((${cells.aws} IS NOT NULL OR ${machines.id} IS NOT NULL AND ${machines.lostAt} IS NULL AND ${machines.revokedAt} IS NULL) AND NOT ${cells.full}), false)`,
        makesMachines: sql<boolean>`coalesce(bool_or(${cells.aws} IS NOT NULL AND NOT ${cells.full}), false)`,
      })
      .from(regions)
      .leftJoin(cells, eq(cells.regionId, regions.id))
      .leftJoin(machines, eq(machines.cellId, cells.id))
      .groupBy(regions.id)
      .orderBy(asc(regions.id));
  }

  /** The region that a new deployment asks for; without a wish, one that can take it now, best as the plan would have it. */
  async chooseRegion(id: string | null | undefined, { tier }: Pick<Plan, 'tier'>): Promise<string> {
    const all = await this.regions();
    const known = all.map((region) => region.id);
    const open = all.filter((region) => region.available);
    const fitting = open.find((region) => region.makesMachines === (tier === 'DEDICATED')) ?? open[0];
    const chosen = known.find((each) => each === id) ?? (id ? undefined : (fitting?.id ?? known[0]));
    if (chosen === undefined) throw new AppError('UNKNOWN_REGION', { path: ['input', 'region'], details: { region: id, known } });
    return chosen;
  }
}
