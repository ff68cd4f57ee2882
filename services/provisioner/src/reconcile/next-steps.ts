/** What is to be done about a deployment. Pure: from what is wanted and what is there, nothing else. */
import { cloudSteps } from './cloud-steps.js';
import { type Desired, GOALS, type Observed, STACK_GONE, type Step } from './steps.js';

/** The steps that are left, in their order; none when all is as wanted. */
export function nextSteps(desired: Desired, observed: Observed): Step[] {
  const { state, generation } = desired;
  const { placed, specGeneration, stackGeneration, machine, reported } = observed;
  if (machine !== null) return cloudSteps(desired, { ...observed, stackGeneration: stackGeneration ?? 0, machine });
  const hasStack = stackGeneration !== null;
  const end: Step[] = state !== 'DELETED' ? [] : hasStack && stackGeneration !== STACK_GONE ? ['destroy', 'release'] : ['release'];
  if (!placed) return state === 'DELETED' ? ['release'] : ['place', 'configure', 'await'];
  const heard = reported?.generation === generation;
  const make: Step[] = state === 'RUNNING' && hasStack && stackGeneration < generation ? (heard ? ['apply'] : ['prepare', 'apply']) : [];
  if (specGeneration < generation) return ['configure', ...make, 'await', ...end];
  if (make.length > 0) return [...make, 'await'];
  return heard && GOALS[state].includes(reported.state) ? end : ['await', ...end];
}
