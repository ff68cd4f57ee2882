import { describe, expect, it } from 'vitest';
import { failedSteps, percentOf, stepsOf } from './progress.js';

const brief = (steps: ReturnType<typeof stepsOf>) =>
  steps.map((step) => `${step.name} ${step.state} ${step.startedAt ?? '-'} ${step.finishedAt ?? '-'}`);

describe('the steps of an operation', () => {
  it('go from pending over running to done, and keep their times', () => {
    const first = stepsOf('CREATE', ['place', 'configure', 'await'], [], 't1');
    expect(brief(first)).toEqual(['place RUNNING t1 -', 'configure PENDING - -', 'await PENDING - -']);
    const second = stepsOf('CREATE', ['await'], first, 't2');
    expect(brief(second)).toEqual(['place SUCCEEDED t1 t2', 'configure SUCCEEDED t2 t2', 'await RUNNING t2 -']);
    const third = stepsOf('CREATE', [], second, 't3');
    expect(brief(third)).toEqual(['place SUCCEEDED t1 t2', 'configure SUCCEEDED t2 t2', 'await SUCCEEDED t2 t3']);
    expect([first, second, third].map(percentOf)).toEqual([0, 66, 100]);
  });

  it('show which one failed, and why', () => {
    const steps = failedSteps(stepsOf('DELETE', ['await', 'release'], [], 't1'), 'no answer', 't2');
    expect(brief(steps)).toEqual(['configure SUCCEEDED t1 t1', 'await FAILED t1 t2', 'release PENDING - -']);
    expect(steps[1]!.message).toBe('no answer');
  });
});
