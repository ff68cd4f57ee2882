import { describe, expect, it } from 'vitest';
import { judge, type Labelled, type Memory } from './judge.js';
import { processDrift, type Seen } from './process-drift.js';

const NOW = new Date('2026-01-01T00:10:00Z');
const LONG_AGO = new Date('2026-01-01T00:00:00Z');
const wanted = (state: Seen['wanted']['state']) => ({ state, generation: 3 });
const said = (state: NonNullable<Seen['reported']>['state'], generation = 3, at = LONG_AGO) => ({ state, generation, at });

describe('processDrift', () => {
  it.each<[string, Seen, unknown]>([
    ['one that runs', { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('RUNNING') }, null],
    ['one that sleeps', { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('ASLEEP') }, null],
    ['one that its agent starts again', { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('EXITED') }, null],
    ['one that changed a moment ago', { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('STOPPED', 3, NOW) }, null],
    ['one that was told a moment ago', { toldAt: NOW, wanted: wanted('RUNNING'), reported: said('RUNNING', 2) }, null],
    ['one that was never heard of', { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: null }, { kind: 'MISSING', attributes: [] }],
    [
      'one that stands still',
      { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('STOPPED') },
      { kind: 'MISSING', attributes: [] },
    ],
    [
      'one that runs and should not',
      { toldAt: LONG_AGO, wanted: wanted('STOPPED'), reported: said('RUNNING') },
      { kind: 'CHANGED', attributes: ['state'] },
    ],
    [
      'one behind',
      { toldAt: LONG_AGO, wanted: wanted('RUNNING'), reported: said('RUNNING', 2) },
      { kind: 'CHANGED', attributes: ['generation'] },
    ],
  ])('of %s', (_, seen, expected) => {
    expect(processDrift(seen, NOW)).toEqual(expected);
  });
});

describe('judge', () => {
  const container = (given: Partial<Labelled> = {}): Labelled => ({ id: 'c1', installationId: 'ours', deploymentId: 'dep_1', ...given });
  const memory = (deployment: Memory['deployment'], inState: Memory['inState'] = null): Memory => ({ deployment, inState });

  it.each<[string, Labelled, Memory, boolean | null]>([
    ['is in its stack', container(), memory('present', ['c1']), null],
    ['is being made', container(), memory('present'), null],
    ['was left by a deployment that is deleted', container(), memory('deleted'), true],
    ['stands beside the one in the state', container(), memory('present', ['c2']), true],
    ['belongs to another installation', container({ installationId: 'theirs' }), memory('deleted'), false],
    ['belongs to another installation and looks left over', container({ installationId: 'theirs' }), memory('present', ['c2']), false],
    ['names nobody', container({ installationId: null }), memory('deleted'), false],
    ['names no deployment', container({ deploymentId: null }), memory('unknown'), false],
    ['names a deployment that was never here', container(), memory('unknown'), false],
    ['names nobody and is in a stack', container({ installationId: null }), memory('present', ['c1']), null],
  ])('of a container that %s', (_, labelled, known, removed) => {
    expect(judge(labelled, 'ours', known)?.remove ?? null).toBe(removed);
  });
});
