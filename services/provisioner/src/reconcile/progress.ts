/** How an operation shows what is done and what is left. Pure. */
import type { OperationVerb } from '@rookery/contracts/phases';
import type { OperationStepRow } from '@rookery/db/schema/operations';
import type { Step } from './next-steps.js';

type Plan = readonly { name: Step; title: string }[];

const START: Plan = [
  { name: 'place', title: 'Choose a machine' },
  { name: 'configure', title: 'Assign ports' },
  { name: 'prepare', title: 'Make its folders' },
  { name: 'apply', title: 'Make the container' },
  { name: 'await', title: 'Start the broker' },
];
/** Steps of deployments that Terraform makes. */
const OF_STACKS: readonly Step[] = ['prepare', 'apply', 'destroy'];
const PLANS: Record<OperationVerb, Plan> = {
  CREATE: START,
  START,
  REPAIR: START,
  RESIZE: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'prepare', title: 'Make its folders' },
    { name: 'apply', title: 'Change the container' },
    { name: 'await', title: 'Take the new limits' },
  ],
  UPGRADE: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'prepare', title: 'Make its folders' },
    { name: 'apply', title: 'Replace the container' },
    { name: 'await', title: 'Start the new version' },
  ],
  STOP: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'await', title: 'Stop the broker' },
  ],
  DELETE: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'await', title: 'Remove the broker and its data' },
    { name: 'destroy', title: 'Remove the container' },
    { name: 'release', title: 'Free its ports' },
  ],
};

/** The steps of an operation while `left` is still to be done; what was known of them before is kept. */
export function stepsOf(verb: OperationVerb, left: readonly Step[], before: readonly OperationStepRow[], now: string): OperationStepRow[] {
  const hasStack = [...left, ...before.map(({ name }) => name)].some((name) => OF_STACKS.includes(name as Step));
  const plan = hasStack ? PLANS[verb] : PLANS[verb].filter(({ name }) => !OF_STACKS.includes(name));
  return plan.map(({ name, title }) => {
    const old = before.find((step) => step.name === name);
    const state = !left.includes(name) ? 'SUCCEEDED' : left[0] === name ? 'RUNNING' : 'PENDING';
    return {
      name,
      title,
      state,
      startedAt: state === 'PENDING' ? null : (old?.startedAt ?? now),
      finishedAt: state === 'SUCCEEDED' ? (old?.finishedAt ?? now) : null,
      message: null,
    };
  });
}

/** The step that could not be done carries the words. */
export function failedSteps(steps: readonly OperationStepRow[], message: string, now: string): OperationStepRow[] {
  return steps.map((step) => (step.state === 'RUNNING' ? { ...step, state: 'FAILED', finishedAt: now, message } : step));
}

export function percentOf(steps: readonly OperationStepRow[]): number {
  return Math.floor((steps.filter((step) => step.state === 'SUCCEEDED').length / steps.length) * 100);
}
