/** Writes `services/api/schema.graphql` from the code. Run after the build: `node services/api/dist/generate-schema.js`. */
import { writeFileSync } from 'node:fs';
import { runMain } from '@rookery/service-kit/config';
import { generateSchema } from './graphql/generate-schema.js';

runMain(async () => writeFileSync(new URL('../schema.graphql', import.meta.url), await generateSchema()));
