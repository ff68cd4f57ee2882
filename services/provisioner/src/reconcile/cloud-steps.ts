/** What is to be done about a deployment whose machine is made for it. Pure, like next-steps.ts. */
import { type Desired, GOALS, type Observed, STACK_GONE, type Step } from './steps.js';

export type ObservedCloud = Omit<Observed, 'stackGeneration' | 'machine'> & {
  /** Generation that Terraform applied last; 0 before the first, `STACK_GONE` after the removal. */
  stackGeneration: number;
  /** Whether the machine has joined. */
  machine: 'joined' | 'missing';
};

/**
 * First the machine, then what every machine is told. A deletion does not ask the machine: all of it goes. One that was
 * never made and shall stand still is made all the same, so that it can be started like any other.
 */
export function cloudSteps({ state, generation }: Desired, observed: ObservedCloud): Step[] {
  const { placed, specGeneration, stackGeneration, reported, machine } = observed;
  if (state === 'DELETED') return placed && stackGeneration !== STACK_GONE ? ['destroy', 'release'] : ['release'];
  if (!placed) return ['place', 'apply', 'join', 'configure', 'await'];
  const make: Step[] = stackGeneration < generation && (state === 'RUNNING' || stackGeneration <= 0) ? ['apply'] : [];
  if (machine === 'missing') return [...make, 'join', 'configure', 'await'];
  if (specGeneration < generation) return [...make, 'configure', 'await'];
  const there = reported?.generation === generation && GOALS[state].includes(reported.state);
  return make.length > 0 || !there ? [...make, 'await'] : [];
}
