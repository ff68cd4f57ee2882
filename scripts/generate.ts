/**
 * `npm run generate`: every file that is made from another. `npm run check` runs it too and fails on a difference, so
 * that a committed generated file is never stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAll } from './build.ts';
import { inRoot } from './lib/paths.ts';

/** Path from the root to content. */
export type Files = Record<string, string>;

/** Loaded when they are needed: they read packages that must have been built. */
async function generators(): Promise<(() => Promise<Files> | Files)[]> {
  const { errorReference } = await import('./generate/error-reference.ts');
  const { limitsReference } = await import('./generate/limits-reference.ts');
  const { configReference } = await import('./generate/config-reference.ts');
  const { consoleTypes, graphqlSchema } = await import('./generate/graphql.ts');
  const { mqttConformance } = await import('./generate/mqtt-conformance.ts');
  return [errorReference, limitsReference, configReference, mqttConformance, graphqlSchema, consoleTypes];
}

/** Writes what differs; with `check`, says what differs instead. */
export async function generateAll({ check }: { check: boolean }): Promise<{ ok: boolean; output: string }> {
  const stale: string[] = [];
  for (const generator of await generators()) {
    for (const [path, content] of Object.entries(await generator())) {
      const file = inRoot(...path.split('/'));
      if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
      stale.push(path);
      if (check) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(join(file), content);
    }
  }
  const verb = check ? 'is stale; run `npm run generate`' : 'was written';
  return { ok: !check || stale.length === 0, output: stale.map((path) => `${path} ${verb}\n`).join('') };
}

if (import.meta.main) {
  await buildAll((line) => console.log(line));
  process.stdout.write((await generateAll({ check: false })).output);
}
