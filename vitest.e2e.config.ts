import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take all that the machine has: nothing runs beside them. */
const STORMS = ['e2e/05-*.e2e.ts'];
/** The long ones of the others, by their numbers: begun first, so that nobody waits for one of them alone at the end. */
const FIRST = ['09', '12', '16', '10', '15'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = FIRST.indexOf(basename(moduleId).slice(0, 2));
      return place === -1 ? FIRST.length : place;
    };
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

// Stories run against the built system, two at a time: most of their time they wait.
export default defineConfig({
  test: {
    globalSetup: ['e2e/support/shared-system.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 180_000,
    projects: [
      { extends: true, test: { name: 'storms', include: STORMS, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'stories', include: ['e2e/*.e2e.ts'], exclude: STORMS, sequence: { groupOrder: 2 } } },
    ],
  },
});
