/** What may be done with a deployment now. The console asks the same rules through `viewerCan`. */
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { ErrorCode } from '@rookery/contracts/error-codes';
import { AppError } from '@rookery/service-kit/errors';
import type { Permission } from '../graphql/permission.model.js';
import type { Viewer } from '../viewer/viewer.js';
import type { DeploymentPermissions } from './deployments.model.js';

export type DeploymentAction = keyof DeploymentPermissions;
type Subject = Pick<DeploymentState, 'state' | 'phase' | 'deletionProtection' | 'brokerVersion' | 'availableBrokerVersion'>;
interface Refusal {
  code: ErrorCode;
  reason: string;
}

const DELETING: Refusal = { code: 'PHASE_CONFLICT', reason: 'It is being deleted.' };

/** Phases in which an operation is under way that another one would overtake. */
const BUSY: readonly string[] = ['CREATING', 'STARTING', 'STOPPING', 'UPDATING'];

const IN_PROGRESS: Refusal = { code: 'OPERATION_IN_PROGRESS', reason: 'Something is being done with it; wait for its end.' };

function upgradeRefusal({ brokerVersion, availableBrokerVersion }: Subject): Refusal | null {
  if (availableBrokerVersion === null) return { code: 'PHASE_CONFLICT', reason: 'Its machine has not said which version it has.' };
  if (brokerVersion === availableBrokerVersion) return { code: 'PHASE_CONFLICT', reason: 'It has the newest version of its machine.' };
  return null;
}

/** Null: nothing speaks against it. */
function refusalOf(action: DeploymentAction, viewer: Viewer, subject: Subject): Refusal | null {
  const { state, phase, deletionProtection } = subject;
  if (action === 'setQuotas' && !viewer.isOperator)
    return { code: 'FORBIDDEN', reason: 'Only an operator of this installation sets quotas.' };
  if (state === 'DELETED' && !((action === 'delete' || action === 'repair') && phase === 'FAILED')) return DELETING;
  switch (action) {
    case 'start':
      // Starting again is the cure of a failed start, so only what runs or is about to refuses it.
      return state === 'RUNNING' && phase !== 'FAILED' ? { code: 'PHASE_CONFLICT', reason: 'It is started already.' } : null;
    case 'stop':
      return state === 'STOPPED' && phase !== 'FAILED' ? { code: 'PHASE_CONFLICT', reason: 'It is stopped already.' } : null;
    case 'repair':
      return ['FAILED', 'DEGRADED', 'CREATING', 'STARTING', 'UPDATING', 'STOPPING'].includes(phase)
        ? null
        : { code: 'PHASE_CONFLICT', reason: 'It is as it should be.' };
    case 'resize':
      return BUSY.includes(phase) ? IN_PROGRESS : null;
    case 'upgrade':
      return BUSY.includes(phase) ? IN_PROGRESS : upgradeRefusal(subject);
    case 'delete':
      return deletionProtection ? { code: 'DELETION_PROTECTED', reason: 'Deletion protection is on.' } : null;
    case 'disconnectClient':
      return phase === 'RUNNING' || phase === 'UPDATING' ? null : { code: 'PHASE_CONFLICT', reason: 'It is not running.' };
    default:
      return null;
  }
}

export function requireAllowed(action: DeploymentAction, viewer: Viewer, deployment: Subject, path: string): void {
  const refusal = refusalOf(action, viewer, deployment);
  if (refusal) throw new AppError(refusal.code, { message: refusal.reason, path: ['input', path], details: { phase: deployment.phase } });
}

export function deploymentPermissions(viewer: Viewer, deployment: Subject): DeploymentPermissions {
  const ask = (action: DeploymentAction): Permission => {
    const refusal = refusalOf(action, viewer, deployment);
    return { allowed: refusal === null, reason: refusal?.reason ?? null };
  };
  return {
    update: ask('update'),
    start: ask('start'),
    stop: ask('stop'),
    delete: ask('delete'),
    repair: ask('repair'),
    resize: ask('resize'),
    upgrade: ask('upgrade'),
    createCredential: ask('createCredential'),
    disconnectClient: ask('disconnectClient'),
    setQuotas: ask('setQuotas'),
  };
}
