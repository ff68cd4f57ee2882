/** How an operation shows what is done and what is left. Pure. */
import type { OperationVerb } from '@rookery/contracts/phases';
import type { OperationStepRow } from '@rookery/db/schema/operations';
import type { Step } from './steps.js';

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

const START_OWN_MACHINE: Plan = [
  { name: 'place', title: 'Choose a cell' },
  { name: 'apply', title: 'Make the machine' },
  { name: 'join', title: 'Wait until it has joined' },
  { name: 'configure', title: 'Assign ports' },
  { name: 'await', title: 'Start the broker' },
];
/** Where the machine is made for the deployment. */
const PLANS_OWN_MACHINE: Record<OperationVerb, Plan> = {
  CREATE: START_OWN_MACHINE,
  START: START_OWN_MACHINE,
  REPAIR: START_OWN_MACHINE,
  UPGRADE: START_OWN_MACHINE,
  RESIZE: [
    { name: 'apply', title: 'Change the machine' },
    { name: 'configure', title: 'Tell the machine' },
    { name: 'await', title: 'Take the new limits' },
  ],
  STOP: PLANS.STOP,
  DELETE: [
    { name: 'destroy', title: 'Remove the machine and its data' },
    { name: 'release', title: 'Forget the deployment' },
  ],
};

/** The steps of an operation while `left` is still to be done; what was known of them before is kept. `ownMachine`: it is made for the deployment. */
export function stepsOf(
  verb: OperationVerb,
  left: readonly Step[],
  before: readonly OperationStepRow[],
  now: string,
  ownMachine = false,
): OperationStepRow[] {
  return planOf(verb, left, before, ownMachine).map(({ name, title }) => {
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

function planOf(verb: OperationVerb, left: readonly Step[], before: readonly OperationStepRow[], ownMachine: boolean): Plan {
  const own = PLANS_OWN_MACHINE[verb];
  // At its end nobody knows the machine any more, but the operation itself.
  if (ownMachine || (before.length > 0 && own.every(({ name }, i) => before[i]?.name === name))) return own;
  const hasStack = [...left, ...before.map(({ name }) => name)].some((name) => OF_STACKS.includes(name as Step));
  return hasStack ? PLANS[verb] : PLANS[verb].filter(({ name }) => !OF_STACKS.includes(name));
}

/** The step that could not be done carries the words. */
export function failedSteps(steps: readonly OperationStepRow[], message: string, now: string): OperationStepRow[] {
  return steps.map((step) => (step.state === 'RUNNING' ? { ...step, state: 'FAILED', finishedAt: now, message } : step));
}

export function percentOf(steps: readonly OperationStepRow[]): number {
  return Math.floor((steps.filter((step) => step.state === 'SUCCEEDED').length / steps.length) * 100);
}
