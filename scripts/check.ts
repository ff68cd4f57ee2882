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

/** Most of them use one core. */
const AT_ONCE = 2;

/** Runs the named checks, or all; prints what fails; resolves to whether all is well. */
export async function runChecks(names: readonly string[]): Promise<boolean> {
  const chosen = Object.entries(CHECKS).filter(([name]) => names.length === 0 || names.includes(name));
  const waiting = chosen.values();
  let ok = true;
  const work = async () => {
    for (const [name, check] of waiting) {
      const started = performance.now();
      const result = await check();
      console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
      if (!result.ok) console.log(result.output);
      ok &&= result.ok;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return ok;
}

if (import.meta.main) {
  await buildAll((line) => console.log(line));
  process.exit((await runChecks(process.argv.slice(2))) ? 0 : 1);
}
