/**
 * `npm run generate`: every file that is made from another. `npm run check` runs it too and fails on a difference, so
 * that a committed generated file is never stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configReference } from './generate/config-reference.ts';
import { errorReference } from './generate/error-reference.ts';
import { limitsReference } from './generate/limits-reference.ts';
import { consoleTypes, graphqlSchema } from './generate/graphql.ts';
import { inRoot } from './lib/paths.ts';

/** Path from the root to content. */
export type Files = Record<string, string>;

const GENERATORS: (() => Promise<Files> | Files)[] = [errorReference, limitsReference, configReference, graphqlSchema, consoleTypes];

/** Writes what differs; with `check`, says what differs instead. */
export async function generateAll({ check }: { check: boolean }): Promise<{ ok: boolean; output: string }> {
  const stale: string[] = [];
  for (const generator of GENERATORS) {
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

if (import.meta.main) process.stdout.write((await generateAll({ check: false })).output);
