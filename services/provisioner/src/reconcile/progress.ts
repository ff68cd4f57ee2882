/** How an operation shows what is done and what is left. Pure. */
import type { OperationVerb } from '@rookery/contracts/phases';
import type { OperationStepRow } from '@rookery/db/schema/operations';
import type { Step } from './next-steps.js';

type Plan = readonly { name: Step; title: string }[];

const START: Plan = [
  { name: 'place', title: 'Choose a machine' },
  { name: 'configure', title: 'Assign ports' },
  { name: 'await', title: 'Start the broker' },
];
const PLANS: Record<OperationVerb, Plan> = {
  CREATE: START,
  START,
  REPAIR: START,
  RESIZE: START,
  UPGRADE: START,
  STOP: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'await', title: 'Stop the broker' },
  ],
  DELETE: [
    { name: 'configure', title: 'Tell the machine' },
    { name: 'await', title: 'Remove the broker and its data' },
    { name: 'release', title: 'Free its ports' },
  ],
};

/** The steps of an operation while `left` is still to be done; what was known of them before is kept. */
export function stepsOf(verb: OperationVerb, left: readonly Step[], before: readonly OperationStepRow[], now: string): OperationStepRow[] {
  return PLANS[verb].map(({ name, title }) => {
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
