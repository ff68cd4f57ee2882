/** The public schema, made by the api from its code, and the console's typed documents, made from the schema. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files } from '../generate.ts';
import { inRoot, NODE } from '../lib/paths.ts';
import { runStep } from '../lib/run-step.ts';

export async function graphqlSchema(): Promise<Files> {
  const program = `import { generateSchema } from ${JSON.stringify(inRoot('services/api/dist/graphql/generate-schema.js'))}; process.stdout.write(await generateSchema());`;
  const result = await runStep(NODE, ['--input-type=module', '--eval', program]);
  if (!result.ok) throw new Error(`the schema could not be made (is the build fresh?):\n${result.output}`);
  return { 'services/api/schema.graphql': result.output };
}

export async function consoleTypes(): Promise<Files> {
  const before = mkdtempSync(join(tmpdir(), 'rookery-gql-'));
  const generated = inRoot('web/src/gql');
  try {
    cpSync(generated, before, { recursive: true });
    const result = await runStep('npm', ['run', '--silent', 'generate', '-w', 'web']);
    if (!result.ok) throw new Error(result.output);
    const files = Object.fromEntries(
      readdirSync(generated).map((name) => [`web/src/gql/${name}`, readFileSync(join(generated, name), 'utf8')]),
    );
    // The generator writes in place: give back what was there, so that a check changes nothing.
    rmSync(generated, { recursive: true });
    cpSync(before, generated, { recursive: true });
    return files;
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}
