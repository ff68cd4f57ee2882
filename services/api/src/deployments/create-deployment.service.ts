/**
 * Makes a deployment: the wish, its operation and the note for the provisioner in one transaction; then taps the queue.
 */
import { Injectable } from '@nestjs/common';
import type { Plan } from '@rookery/contracts/plans';
import type { OrganizationTx } from '@rookery/db/transactions';
import { newId } from '@rookery/service-kit/ids';
import type { z } from 'zod';
import { type Created, createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { openOperation } from '../operations/operations.repository.js';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { PlansService } from '../plans/plans.service.js';
import { Envelope } from '@rookery/service-kit/envelope';
import { audit } from '../viewer/audit.js';
import type { Viewer } from '../viewer/viewer.js';
import { type DeploymentChange, DeploymentStore } from './deployment-store.js';
import { type CreateDeploymentInput, createDeploymentSchema } from './deployments.input.js';
import { insertDeployment, requireRoom, wantReconcile } from './deployments.repository.js';
import { makePepper, memoryBytesFor, slugFor } from './new-deployment.js';
import { pepperPlace } from './pepper.js';

/** Where it goes and what it is made of, once the input is understood. */
interface Choice {
  organizationId: string;
  projectId: string;
  plan: Plan;
  regionId: string;
}

@Injectable()
export class CreateDeploymentService {
  constructor(
    private readonly store: DeploymentStore,
    private readonly projects: ProjectChoice,
    private readonly plans: PlansService,
    private readonly envelope: Envelope,
    private readonly reconcile: ReconcileTap,
  ) {}

  async create(viewer: Viewer, given: CreateDeploymentInput): Promise<DeploymentChange> {
    const input = parseInput(createDeploymentSchema, given);
    const { organizationId, projectId } = await this.projects.choose(viewer, input.projectId);
    const plan = await this.plans.choose(input.planId);
    const regionId = await this.plans.chooseRegion(input.region, plan);
    const choice = { organizationId, projectId, plan, regionId };
    const request = { organizationId, mutation: 'createDeployment', key: input.idempotencyKey, input };
    const result = await this.store.store(organizationId, async (tx) => {
      const created = await createOnce(tx, this.envelope, request, () => this.insert(tx, viewer, input, choice));
      return this.store.answer(tx, organizationId, created.resourceId, created.operationId!);
    });
    if (result.operation?.finishedAt === null) await this.reconcile.tap(result.operation.deploymentId);
    return result;
  }

  private async insert(
    tx: OrganizationTx,
    viewer: Viewer,
    input: z.output<typeof createDeploymentSchema>,
    choice: Choice,
  ): Promise<Created> {
    const { organizationId, projectId, plan, regionId } = choice;
    await requireRoom(tx, organizationId, plan);
    const id = newId('deployment');
    await insertDeployment(tx, {
      organizationId,
      id,
      projectId,
      name: input.name,
      slug: slugFor(input.name),
      planId: plan.id,
      regionId,
      durability: input.durability ?? 'durable',
      deletionProtection: input.deletionProtection ?? false,
      quotas: plan.quotas,
      plainPort: plan.plainPort,
      dedicated: plan.tier === 'DEDICATED',
      memoryBytesMax: memoryBytesFor(plan),
      // Null is a wish of its own: never.
      sleepAfterSeconds: input.sleepAfterSeconds === undefined ? plan.sleepAfterSeconds : input.sleepAfterSeconds,
      expiresAt: input.expiresAt ?? null,
      autoUpgrade: input.autoUpgrade ?? plan.autoUpgrade,
      idleStopAfterDays: plan.idleStopAfterDays,
      idleDeleteAfterDays: plan.idleDeleteAfterDays,
      sealedPepper: this.envelope.seal(makePepper(), pepperPlace(organizationId, id)),
    });
    const deployment = { id, name: input.name, generation: 1 };
    const operation = await openOperation(tx, organizationId, { deployment, verb: 'CREATE', requestedBy: viewer.label });
    await wantReconcile(tx, organizationId, id);
    const after = { name: input.name, planId: plan.id, regionId };
    await audit(tx, viewer, organizationId, { action: 'createDeployment', subject: id, after });
    return { resourceId: id, operationId: operation.id };
  }
}
