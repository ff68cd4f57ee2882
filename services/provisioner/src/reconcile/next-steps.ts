/** What is to be done about a deployment. Pure: from what is wanted and what is there, nothing else. */
import type { DesiredState, RuntimeState } from '@rookery/contracts/phases';

/** Instead of a generation: what Terraform made has been removed again. */
export const STACK_GONE = -1;

export interface Desired {
  state: DesiredState;
  generation: number;
}

export interface Observed {
  /** Whether a machine was chosen. */
  placed: boolean;
  /** Generation of the spec that the machine was given; 0 before the first. */
  specGeneration: number;
  /** Generation of what Terraform made; `STACK_GONE` once it is removed; null where nothing of a deployment is made by it. */
  stackGeneration: number | null;
  /** What the machine said last. */
  reported: { state: RuntimeState; generation: number } | null;
}

/**
 * `prepare`: the machine makes the folders of a container, and says so. `await`: it has all it needs, and its report is
 * waited for.
 */
export type Step = 'place' | 'configure' | 'prepare' | 'apply' | 'await' | 'destroy' | 'release';

const GOALS: Record<DesiredState, readonly RuntimeState[]> = {
  RUNNING: ['RUNNING', 'ASLEEP'],
  STOPPED: ['STOPPED'],
  DELETED: ['DELETED'],
};

/** The steps that are left, in their order; none when all is as wanted. */
export function nextSteps({ state, generation }: Desired, { placed, specGeneration, stackGeneration, reported }: Observed): Step[] {
  const hasStack = stackGeneration !== null;
  const end: Step[] = state !== 'DELETED' ? [] : hasStack && stackGeneration !== STACK_GONE ? ['destroy', 'release'] : ['release'];
  if (!placed) return state === 'DELETED' ? ['release'] : ['place', 'configure', 'await'];
  const heard = reported?.generation === generation;
  const make: Step[] = state === 'RUNNING' && hasStack && stackGeneration < generation ? (heard ? ['apply'] : ['prepare', 'apply']) : [];
  if (specGeneration < generation) return ['configure', ...make, 'await', ...end];
  if (make.length > 0) return [...make, 'await'];
  return heard && GOALS[state].includes(reported.state) ? end : ['await', ...end];
}
