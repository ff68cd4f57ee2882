import type { OperationState, OperationVerb } from '../../gql/graphql';
import type { Shape } from '../../ui/state-badge';
import type { Tone } from '../../ui/tone';

export const VERBS: Record<OperationVerb, string> = {
  CREATE: 'Create',
  START: 'Start',
  STOP: 'Stop',
  RESIZE: 'Resize',
  UPGRADE: 'Upgrade',
  DELETE: 'Delete',
  REPAIR: 'Repair',
};

/** What is said when it went well: "greenhouse was created". */
export const DONE: Record<OperationVerb, string> = {
  CREATE: 'was created',
  START: 'was started',
  STOP: 'was stopped',
  RESIZE: 'was resized',
  UPGRADE: 'was upgraded',
  DELETE: 'was deleted',
  REPAIR: 'was repaired',
};

export const STATES: Record<OperationState, { word: string; shape: Shape; tone: Tone }> = {
  PENDING: { word: 'Waiting', shape: 'turning', tone: 'busy' },
  RUNNING: { word: 'Running', shape: 'turning', tone: 'busy' },
  SUCCEEDED: { word: 'Succeeded', shape: 'check', tone: 'ok' },
  FAILED: { word: 'Failed', shape: 'cross', tone: 'bad' },
  CANCELLED: { word: 'Cancelled', shape: 'square', tone: 'idle' },
};

export function isOpen(state: OperationState): boolean {
  return state === 'PENDING' || state === 'RUNNING';
}
