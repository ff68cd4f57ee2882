import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKER_MUTATIONS } from '../e2e/long/mutations/broker-mutations.ts';
import { CODEC_MUTATIONS } from '../e2e/long/mutations/codec-mutations.ts';
import { DELIVERY_MUTATIONS } from '../e2e/long/mutations/delivery-mutations.ts';
import { citations, specFiles } from './generate/mqtt-conformance.ts';
import { inRoot } from './lib/paths.ts';

const MUTATIONS = [...CODEC_MUTATIONS, ...BROKER_MUTATIONS, ...DELIVERY_MUTATIONS];

describe('mutations', () => {
  it('each change a place that is there, once, and break a statement that tests cite', () => {
    const cited = citations(specFiles());
    const stale = MUTATIONS.filter(({ id, file, from, to }) => {
      const places = readFileSync(inRoot(...file.split('/')), 'utf8').split(from).length - 1;
      return places !== 1 || from === to || !cited.has(id);
    });
    expect(stale.map(({ id, file, from }) => `${id} ${file}: ${from}`)).toEqual([]);
  });

  it('are enough to draw 40 from, each for a statement of its own', () => {
    expect(new Set(MUTATIONS.map(({ id }) => id)).size).toBeGreaterThanOrEqual(60);
  });
});
