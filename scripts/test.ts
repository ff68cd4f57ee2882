/**
 * `npm test`: checks, builds, runs every test that can run here, and says what was skipped and why.
 * `npm test -- unit`, `npm test -- e2e` run one part; `ROOKERY_REQUIRE=all` makes a skipped test a failure.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { runChecks } from './check.ts';
import { BIN, inRoot } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';
import type { TestSummary } from './lib/summary-reporter.ts';

const PARTS = { unit: 'vitest.config.ts', e2e: 'vitest.e2e.config.ts' } as const;
type Part = keyof typeof PARTS;

const total: TestSummary = { passed: 0, failed: 0, skipped: 0, skips: {}, failures: [] };

function fail(what: string): void {
  total.failed++;
  total.failures.push(what);
}

async function runPart(part: Part): Promise<void> {
  const file = inRoot('.cache', `summary-${part}.json`);
  mkdirSync(inRoot('.cache'), { recursive: true });
  rmSync(file, { force: true });
  const result = await runStep(
    join(BIN, 'vitest'),
    [
      'run',
      '--config',
      PARTS[part],
      '--reporter',
      process.env.CI ? 'dot' : 'default',
      '--reporter',
      inRoot('scripts/lib/summary-reporter.ts'),
    ],
    {
      echo: true,
      env: { ROOKERY_TEST_SUMMARY: file, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    },
  );
  const summary: TestSummary | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  if (summary === null || (!result.ok && summary.failed === 0)) fail(`${part}: vitest itself`);
  if (summary === null) return;
  total.failures.push(...summary.failures);
  total.passed += summary.passed;
  total.failed += summary.failed;
  total.skipped += summary.skipped;
  for (const [reason, count] of Object.entries(summary.skips)) total.skips[reason] = (total.skips[reason] ?? 0) + count;
}

async function attempt(name: string, work: () => Promise<boolean>): Promise<void> {
  const ok = await work().catch((error: Error) => {
    console.error(error.message);
    return false;
  });
  if (ok) total.passed++;
  else fail(name);
}

const asked = process.argv.slice(2).filter((argument): argument is Part => argument in PARTS);
const parts = asked.length > 0 ? asked : (Object.keys(PARTS) as Part[]);
await attempt('build', async () => {
  await buildAll((line) => console.log(line));
  return true;
});
if (asked.length === 0) await attempt('check', () => runChecks([]));
for (const part of parts) await runPart(part);

if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.map((line) => `  ${line}`).join('\n')}`);
if (total.skipped > 0) {
  console.log('\nSkipped:');
  for (const [reason, count] of Object.entries(total.skips)) console.log(`  ${count} × ${reason}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
const skipIsFailure = process.env.ROOKERY_REQUIRE === 'all' && total.skipped > 0;
if (skipIsFailure) console.log('ROOKERY_REQUIRE=all: nothing may be skipped.');
process.exit(total.failed > 0 || skipIsFailure ? 1 : 0);
