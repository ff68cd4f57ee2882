/** `npm run check`: format, lint, types, import rules, dead code, freshness of generated files. Names run single checks. */
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { generateAll } from './generate.ts';
import { BIN } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';

const tool = (name: string, args: string[]) => async () => {
  const { ok, output } = await runStep(join(BIN, name), args);
  return { ok, output };
};

const CHECKS: Record<string, () => Promise<{ ok: boolean; output: string }>> = {
  format: tool('biome', ['format', '.']),
  lint: tool('oxlint', ['--quiet']),
  types: async () => {
    const results = [];
    for (const args of [['-b'], ['-p', 'scripts'], ['-p', 'web', '--noEmit']]) results.push(await tool('tsc', args)());
    return { ok: results.every((result) => result.ok), output: results.map((result) => result.output).join('') };
  },
  imports: tool('depcruise', ['--output-type', 'err', 'packages', 'services', 'web/src']),
  'dead-code': tool('knip', ['--no-progress', '--no-config-hints']),
  generated: () => generateAll({ check: true }),
};

/** Runs the named checks, or all; prints what fails; resolves to whether all is well. */
export async function runChecks(names: readonly string[]): Promise<boolean> {
  let ok = true;
  for (const [name, check] of Object.entries(CHECKS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const started = performance.now();
    const result = await check();
    console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    if (!result.ok) {
      console.log(result.output);
      ok = false;
    }
  }
  return ok;
}

if (import.meta.main) {
  await buildAll((line) => console.log(line));
  process.exit((await runChecks(process.argv.slice(2))) ? 0 : 1);
}
