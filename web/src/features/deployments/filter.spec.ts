import { expect, it } from 'vitest';
import type { DeploymentRowFragment } from '../../gql/graphql';
import { filterDeployments, phaseChoices } from './filter';

const row = (name: string, phase: DeploymentRowFragment['phase'], region = 'local') =>
  ({ id: `dep_${name}`, name, phase, region: { id: region, name: region }, plan: { id: 'LOCAL', name: 'Local' } }) as DeploymentRowFragment;
const rows = [row('Greenhouse north', 'RUNNING'), row('greenhouse south', 'STOPPED', 'eu'), row('lab', 'RUNNING')];
const names = (filter: Parameters<typeof filterDeployments>[1]) => filterDeployments(rows, filter).map(({ name }) => name);

it('finds by every word, whatever the case', () => {
  expect(names({ q: 'GREEN north' })).toEqual(['Greenhouse north']);
  expect(names({ q: 'dep_lab' })).toEqual(['lab']);
});

it('joins filters', () => expect(names({ q: 'green', phase: 'STOPPED', region: 'eu' })).toEqual(['greenhouse south']));

it('offers only phases that occur', () => {
  expect(phaseChoices(rows)).toEqual([
    { value: 'RUNNING', label: 'Running (2)' },
    { value: 'STOPPED', label: 'Stopped (1)' },
  ]);
});
