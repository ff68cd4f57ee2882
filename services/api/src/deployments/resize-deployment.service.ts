/**
 * Changes the plan of a deployment in place. Its numbers reach live sessions as a policy does; memory is changed by its
 * machine while it runs. Nothing is restarted and nobody is cut off.
 */
import { Injectable } from '@nestjs/common';
import type { Plan } from '@rookery/contracts/plans';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { toPlan } from '../plans/plans.model.js';
import { PlansService } from '../plans/plans.service.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type DeploymentChange, DeploymentStore } from './deployment-store.js';
import type { ResizeDeploymentInput } from './deployments.input.js';
import type { PlanChoice } from './deployments.model.js';
import { bumpPolicy, countPolicyRows, requireRoom, setPlan } from './deployments.repository.js';
import { memoryBytesFor } from './new-deployment.js';
import { type PlanRefusal, planRefusal, type Use } from './plan-change.js';

@Injectable()
export class ResizeDeploymentService {
  constructor(
    private readonly store: DeploymentStore,
    private readonly tenancy: Tenancy,
    private readonly plans: PlansService,
  ) {}

  /** Throws UNKNOWN_PLAN, PLAN_CHANGE_NEEDS_MOVE, PLAN_TOO_SMALL, QUOTA_EXCEEDED. */
  async resize(viewer: Viewer, input: ResizeDeploymentInput): Promise<DeploymentChange> {
    const owner = await this.tenancy.locate(viewer, 'deployment', input.id);
    return this.store.wish(viewer, owner, 'resize', input, async (tx, row) => {
      const plan = this.plans.find(input.planId) ?? (await this.plans.choose(input.planId));
      const refusal = this.refusal(row, plan, await useOf(tx, row));
      if (refusal !== null) {
        const details = refusal.over.length === 0 ? {} : { plan: plan.id, over: refusal.over };
        throw new AppError(refusal.code, { message: refusal.reason, path: ['input', 'planId'], details });
      }
      await this.plans.choose(plan.id);
      if (plan.id !== row.planId) await requireRoom(tx, row.organizationId, plan);
      const { id: planId, quotas, plainPort, idleStopAfterDays, idleDeleteAfterDays } = plan;
      const numbers = { planId, quotas, plainPort, memoryBytesMax: memoryBytesFor(plan), idleStopAfterDays, idleDeleteAfterDays };
      await setPlan(tx, row.organizationId, row.id, numbers);
      return {
        state: row.state,
        verb: 'RESIZE',
        before: { planId: row.planId, quotas: row.quotas },
        after: { planId: plan.id, quotas },
        finally: () => bumpPolicy(tx, row.organizationId, row.id),
      };
    });
  }

  /** All plans that may be chosen, and whether this deployment could change to each now. */
  async choices(row: DeploymentState): Promise<PlanChoice[]> {
    const use = await this.tenancy.in(row.organizationId, (tx) => useOf(tx, row));
    return (await this.plans.offered())
      .filter(({ id, selectable }) => selectable || id === row.planId)
      .map((plan) => {
        const refusal = this.refusal(row, plan, use);
        const { reason, over } = refusal ?? { reason: null, over: [] };
        return { plan: toPlan(plan), current: plan.id === row.planId, allowed: refusal === null, reason, over };
      });
  }

  private refusal({ planId: id, quotas }: DeploymentState, plan: Plan, use: Use): PlanRefusal | null {
    return planRefusal({ id, quotas, tier: this.plans.find(id)?.tier ?? 'SELF_HOSTED' }, plan, use);
  }
}

/** Counters of what is stored outlive the process; those of what is live do not. */
async function useOf(tx: OrganizationTx, { organizationId, id, gauges, startedAt }: DeploymentState): Promise<Use> {
  const live = startedAt === null ? null : gauges;
  return {
    clients: live?.clients ?? null,
    memoryBytes: live?.memoryBytes ?? null,
    sessions: gauges?.sessions ?? null,
    retained: gauges?.retained ?? null,
    storeBytes: gauges?.storeBytes ?? null,
    ...(await countPolicyRows(tx, organizationId, id)),
  };
}
