import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generateSchema } from './generate-schema.js';

it('schema.graphql is what the code makes (else run `npm run generate`)', async () => {
  expect(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(await generateSchema());
});
