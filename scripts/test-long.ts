/**
 * `npm run test:long -- <name> [options]`: storms, soaks and kill matrices. Each prints its figures; the last line counts.
 *   kill-matrix --seed S --rounds N   kill -9 of every process at random moments of create, stop, start and delete
 *   compose                           the system by docker compose, a device connects (needs an engine and base images)
 *   ci                                the bounded slice that CI runs
 */
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' }, rounds: { type: 'string' } } });
const [name = ''] = positionals;
const seed = Number(values.seed ?? 1);

const TESTS: Record<string, () => Promise<void>> = {
  'kill-matrix': async () =>
    (await import('../e2e/long/kill-matrix.ts')).killMatrix({ seed, rounds: Number(values.rounds ?? 20), say: console.log }),
  compose: async () => (await import('../e2e/long/compose.ts')).composeStory({ say: console.log }),
};
const SLICES: Record<string, () => Promise<void>> = {
  'kill-matrix, 2 rounds per process': async () =>
    (await import('../e2e/long/kill-matrix.ts')).killMatrix({ seed, rounds: 2, say: console.log }),
  compose: TESTS.compose!,
};

const chosen = name === 'ci' ? SLICES : name in TESTS ? { [name]: TESTS[name]! } : null;
if (chosen === null) {
  console.error(`Say which: ${Object.keys(TESTS).join(', ')}, ci.`);
  process.exit(2);
}
await buildAll((line) => console.log(line));
let failed = 0;
for (const [title, test] of Object.entries(chosen)) {
  console.log(`\n== ${title}`);
  await test().catch((error: Error) => {
    failed++;
    console.error(error.stack ?? error.message);
  });
}
console.log(`\n${Object.keys(chosen).length - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
