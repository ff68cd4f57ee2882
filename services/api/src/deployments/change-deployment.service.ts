/** Changes what is wanted of a deployment: authorise, decide, store, and tap the queue where machines must act. */
import { Injectable } from '@nestjs/common';
import type { DesiredState, OperationVerb } from '@rookery/contracts/phases';
import { quotasSchema } from '@rookery/contracts/plans';
import { AppError } from '@rookery/service-kit/errors';
import { parseInput } from '../graphql/input.js';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type DeploymentChange, DeploymentStore, type Target } from './deployment-store.js';
import {
  quotasInputSchema,
  type SetDeploymentQuotasInput,
  type UpdateDeploymentInput,
  updateDeploymentSchema,
} from './deployments.input.js';
import { requireAllowed } from './deployments.permissions.js';
import { bumpPolicy, changeDeployment, setDesiredState, setQuotas, wantReconcile } from './deployments.repository.js';

const WISHES = {
  start: { state: 'RUNNING', verb: 'START' },
  stop: { state: 'STOPPED', verb: 'STOP' },
  delete: { state: 'DELETED', verb: 'DELETE' },
} as const satisfies Record<string, { state: DesiredState; verb: OperationVerb }>;

/** What repairs a deployment of which this is wanted. */
const REPAIRS = { RUNNING: 'REPAIR', STOPPED: 'STOP', DELETED: 'DELETE' } as const satisfies Record<DesiredState, OperationVerb>;

@Injectable()
export class ChangeDeploymentService {
  constructor(
    private readonly store: DeploymentStore,
    private readonly tenancy: Tenancy,
    private readonly reconcile: ReconcileTap,
  ) {}

  async update(viewer: Viewer, given: UpdateDeploymentInput): Promise<DeploymentChange> {
    const input = parseInput(updateDeploymentSchema, given);
    const owner = await this.tenancy.locate(viewer, 'deployment', input.id);
    const result = await this.store.change(viewer, owner, 'update', input, async (tx, row) => {
      const { organizationId, id, name, deletionProtection, sleepAfterSeconds, expiresAt, autoUpgrade } = row;
      const change = {
        name: input.name ?? undefined,
        deletionProtection: input.deletionProtection ?? undefined,
        sleepAfterSeconds: input.sleepAfterSeconds,
        expiresAt: input.expiresAt,
        autoUpgrade: input.autoUpgrade ?? undefined,
      };
      // Without automatic upgrades it stays on what it has.
      const brokerVersion = change.autoUpgrade === false && autoUpgrade ? row.brokerVersion : undefined;
      await changeDeployment(tx, organizationId, id, { ...change, brokerVersion });
      const entry = {
        action: 'updateDeployment',
        subject: id,
        before: { name, deletionProtection, sleepAfterSeconds, expiresAt, autoUpgrade },
        after: change,
      };
      await audit(tx, viewer, organizationId, entry);
      if (change.autoUpgrade !== undefined && change.autoUpgrade !== autoUpgrade) {
        await setDesiredState(tx, organizationId, id, row.state);
        await wantReconcile(tx, organizationId, id);
      }
      // Its machine hears of it as it hears of a policy.
      if (change.sleepAfterSeconds !== undefined && change.sleepAfterSeconds !== sleepAfterSeconds)
        await bumpPolicy(tx, organizationId, id);
      return null;
    });
    if (input.autoUpgrade !== undefined) await this.reconcile.tap(input.id);
    return result;
  }

  /** Starts, stops or deletes. */
  async wish(viewer: Viewer, action: keyof typeof WISHES, target: Target): Promise<DeploymentChange> {
    const owner = await this.tenancy.locate(viewer, 'deployment', target.id);
    const { state, verb } = WISHES[action];
    return this.store.wish(viewer, owner, action, target, (_, before) => ({
      state,
      verb,
      before: { state: before.state },
      after: { state },
    }));
  }

  /** To the newest version that its machine has. Throws PHASE_CONFLICT where it has that already. */
  async upgrade(viewer: Viewer, target: Target): Promise<DeploymentChange> {
    const owner = await this.tenancy.locate(viewer, 'deployment', target.id);
    return this.store.wish(viewer, owner, 'upgrade', target, async (tx, row) => {
      const { organizationId, id, state, brokerVersion, availableBrokerVersion } = row;
      await changeDeployment(tx, organizationId, id, { brokerVersion: availableBrokerVersion });
      return { state, verb: 'UPGRADE', before: { brokerVersion }, after: { brokerVersion: availableBrokerVersion } };
    });
  }

  /**
   * Drives again what was given up or hangs: the same wish anew, with an operation of its own. An operator does it for
   * anybody's deployment.
   */
  async repair(viewer: Viewer, target: Target): Promise<DeploymentChange> {
    const owner = await this.tenancy.locateAsOperator(viewer, 'deployment', target.id);
    return this.store.wish(viewer, owner, 'repair', target, (_, { state }) => ({ state, verb: REPAIRS[state] }));
  }

  async setQuotas(viewer: Viewer, { deploymentId: id, quotas }: SetDeploymentQuotasInput): Promise<DeploymentChange> {
    const organizationId = await this.tenancy.locateAsOperator(viewer, 'deployment', id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', 'deploymentId'] });
    const given = Object.fromEntries(Object.entries(quotas).filter(([, value]) => value !== null && value !== undefined));
    const override = parseInput(quotasInputSchema, given, ['input', 'quotas']);
    return this.store.store(organizationId, async (tx) => {
      const before = await this.store.lock(tx, organizationId, id, 'deploymentId');
      requireAllowed('setQuotas', viewer, before, 'deploymentId');
      const after = quotasSchema.parse({ ...before.quotas, ...override });
      await audit(tx, viewer, organizationId, { action: 'setDeploymentQuotas', subject: id, before: before.quotas, after });
      await setQuotas(tx, organizationId, id, after);
      return this.store.answer(tx, organizationId, id, null);
    });
  }
}
