/** What is to be done about a deployment. Pure: from what is wanted and what is there, nothing else. */
import type { DesiredState, RuntimeState } from '@rookery/contracts/phases';

export interface Desired {
  state: DesiredState;
  generation: number;
}

export interface Observed {
  /** Whether a machine was chosen. */
  placed: boolean;
  /** Generation of the spec that the machine was given; 0 before the first. */
  specGeneration: number;
  /** What the machine said last. */
  reported: { state: RuntimeState; generation: number } | null;
}

/** `await`: the machine has all it needs, and its report is waited for. */
export type Step = 'place' | 'configure' | 'await' | 'release';

const GOALS: Record<DesiredState, readonly RuntimeState[]> = {
  RUNNING: ['RUNNING', 'ASLEEP'],
  STOPPED: ['STOPPED'],
  DELETED: ['DELETED'],
};

/** The steps that are left, in their order; none when all is as wanted. */
export function nextSteps({ state, generation }: Desired, { placed, specGeneration, reported }: Observed): Step[] {
  const release: Step[] = state === 'DELETED' ? ['release'] : [];
  if (!placed) return state === 'DELETED' ? release : ['place', 'configure', 'await'];
  if (specGeneration < generation) return ['configure', 'await', ...release];
  const reached = reported !== null && reported.generation === generation && GOALS[state].includes(reported.state);
  return reached ? release : ['await', ...release];
}
