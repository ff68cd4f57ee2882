import { DESIRED_STATES, RUNTIME_STATES } from '@rookery/contracts/phases';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSteps } from './next-steps.js';
import { type Desired, type Observed, STACK_GONE, type Step } from './steps.js';

const nothing: Observed = { placed: false, specGeneration: 0, stackGeneration: null, machine: null, reported: null };
const told = (specGeneration: number, state?: NonNullable<Observed['reported']>['state'], generation = specGeneration): Observed => ({
  placed: true,
  specGeneration,
  stackGeneration: null,
  machine: null,
  reported: state === undefined ? null : { state, generation },
});
const cloud = (machine: 'joined' | 'missing', stackGeneration: number, observed: Observed): Observed => ({
  ...observed,
  machine,
  stackGeneration,
});
const withStack = (stackGeneration: number, observed: Observed): Observed => ({ ...observed, stackGeneration });

describe('nextSteps', () => {
  it.each<[string, Desired, Observed, Step[]]>([
    ['a new deployment', { state: 'RUNNING', generation: 1 }, nothing, ['place', 'configure', 'await']],
    ['one that is placed', { state: 'RUNNING', generation: 1 }, told(0), ['configure', 'await']],
    ['one whose machine was told', { state: 'RUNNING', generation: 1 }, told(1), ['await']],
    ['one that starts', { state: 'RUNNING', generation: 1 }, told(1, 'STARTING'), ['await']],
    ['one that runs', { state: 'RUNNING', generation: 1 }, told(1, 'RUNNING'), []],
    ['one that sleeps', { state: 'RUNNING', generation: 1 }, told(1, 'ASLEEP'), []],
    ['one that died', { state: 'RUNNING', generation: 1 }, told(1, 'EXITED'), ['await']],
    ['one that runs under an old wish', { state: 'RUNNING', generation: 3 }, told(3, 'RUNNING', 1), ['await']],
    ['one to stop', { state: 'STOPPED', generation: 2 }, told(1, 'RUNNING'), ['configure', 'await']],
    ['one that still runs though told to stop', { state: 'STOPPED', generation: 2 }, told(2, 'RUNNING', 1), ['await']],
    ['one that has stopped', { state: 'STOPPED', generation: 2 }, told(2, 'STOPPED'), []],
    ['one to stop that has no machine', { state: 'STOPPED', generation: 2 }, nothing, ['place', 'configure', 'await']],
    ['one to delete', { state: 'DELETED', generation: 2 }, told(1, 'RUNNING'), ['configure', 'await', 'release']],
    ['one whose removal is waited for', { state: 'DELETED', generation: 2 }, told(2, 'STOPPED', 1), ['await', 'release']],
    ['one that is removed', { state: 'DELETED', generation: 2 }, told(2, 'DELETED'), ['release']],
    ['one to delete that has no machine', { state: 'DELETED', generation: 2 }, nothing, ['release']],
    ['a container to make', { state: 'RUNNING', generation: 1 }, withStack(0, told(0)), ['configure', 'prepare', 'apply', 'await']],
    ['a container whose folders are not ready', { state: 'RUNNING', generation: 1 }, withStack(0, told(1)), ['prepare', 'apply', 'await']],
    ['a container whose folders are ready', { state: 'RUNNING', generation: 1 }, withStack(0, told(1, 'STARTING')), ['apply', 'await']],
    ['a container that starts', { state: 'RUNNING', generation: 1 }, withStack(1, told(1, 'STARTING')), ['await']],
    ['a container to change', { state: 'RUNNING', generation: 2 }, withStack(1, told(2, 'RUNNING')), ['apply', 'await']],
    ['a container to stop', { state: 'STOPPED', generation: 2 }, withStack(1, told(1, 'RUNNING')), ['configure', 'await']],
    [
      'a container to delete',
      { state: 'DELETED', generation: 2 },
      withStack(1, told(1, 'RUNNING')),
      ['configure', 'await', 'destroy', 'release'],
    ],
    ['a container whose broker has ended', { state: 'DELETED', generation: 2 }, withStack(1, told(2, 'DELETED')), ['destroy', 'release']],
    [
      'a container to delete before it was made',
      { state: 'DELETED', generation: 2 },
      withStack(0, told(2, 'DELETED')),
      ['destroy', 'release'],
    ],
    ['a container that is gone', { state: 'DELETED', generation: 2 }, withStack(STACK_GONE, told(2, 'DELETED')), ['release']],
    [
      'a machine to make',
      { state: 'RUNNING', generation: 1 },
      cloud('missing', 0, { ...nothing, placed: true }),
      ['apply', 'join', 'configure', 'await'],
    ],
    ['a machine that boots', { state: 'RUNNING', generation: 1 }, cloud('missing', 1, told(0)), ['join', 'configure', 'await']],
    ['a machine that has joined', { state: 'RUNNING', generation: 1 }, cloud('joined', 1, told(0)), ['configure', 'await']],
    ['a machine whose broker runs', { state: 'RUNNING', generation: 1 }, cloud('joined', 1, told(1, 'RUNNING')), []],
    ['a machine to change', { state: 'RUNNING', generation: 2 }, cloud('joined', 1, told(1, 'RUNNING')), ['apply', 'configure', 'await']],
    [
      'a broker to stop on its own machine',
      { state: 'STOPPED', generation: 2 },
      cloud('joined', 1, told(1, 'RUNNING')),
      ['configure', 'await'],
    ],
    ['a machine to remove', { state: 'DELETED', generation: 2 }, cloud('joined', 1, told(1, 'RUNNING')), ['destroy', 'release']],
    ['a machine to remove that never joined', { state: 'DELETED', generation: 2 }, cloud('missing', 0, told(0)), ['destroy', 'release']],
    ['a machine that is gone', { state: 'DELETED', generation: 2 }, cloud('missing', STACK_GONE, told(0)), ['release']],
  ])('%s', (_, desired, observed, steps) => {
    expect(nextSteps(desired, observed)).toEqual(steps);
  });

  it('leads every deployment to its goal, once each step is taken and the machine obeys', () => {
    const observed = fc.record({
      placed: fc.boolean(),
      specGeneration: fc.nat(5),
      stackGeneration: fc.option(fc.nat(5)),
      machine: fc.constantFrom(null, 'joined' as const, 'missing' as const),
      reported: fc.option(fc.record({ state: fc.constantFrom(...RUNTIME_STATES), generation: fc.nat(5) })),
    });
    const desired = fc.record({ state: fc.constantFrom(...DESIRED_STATES), generation: fc.integer({ min: 5, max: 6 }) });
    fc.assert(
      fc.property(desired, observed, (wanted, start) => {
        let now: Observed = start.placed ? start : { ...start, specGeneration: 0, reported: null };
        for (let turn = 0; turn < 7; turn++) {
          const [step] = nextSteps(wanted, now);
          if (step === undefined || step === 'release') return;
          if (step === 'destroy') now = { ...now, stackGeneration: STACK_GONE };
          if (step === 'place') now = { ...now, placed: true };
          if (step === 'configure') now = { ...now, specGeneration: wanted.generation };
          if (step === 'prepare') now = { ...now, reported: { state: 'STARTING', generation: wanted.generation } };
          if (step === 'apply') now = { ...now, stackGeneration: wanted.generation };
          if (step === 'join') now = { ...now, machine: 'joined' };
          if (step === 'await') now = { ...now, reported: { state: wanted.state, generation: wanted.generation } };
        }
        throw new Error(`no end: ${JSON.stringify(now)}`);
      }),
    );
  });
});
