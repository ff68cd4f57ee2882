/** What is wanted of a deployment, what is there, and the steps between them. */
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
  /** Of one that is made for this deployment: whether it has joined; null where machines were there before. */
  machine: 'joined' | 'missing' | null;
  /** What the machine said last. */
  reported: { state: RuntimeState; generation: number } | null;
}

/**
 * `prepare`: the machine makes the folders of a container, and says so. `join`: a machine that was made boots, and joins.
 * `await`: the machine has all it needs, and its report is waited for.
 */
export type Step = 'place' | 'configure' | 'prepare' | 'apply' | 'join' | 'await' | 'destroy' | 'release';

export const GOALS: Record<DesiredState, readonly RuntimeState[]> = {
  RUNNING: ['RUNNING', 'ASLEEP'],
  STOPPED: ['STOPPED'],
  DELETED: ['DELETED'],
};
