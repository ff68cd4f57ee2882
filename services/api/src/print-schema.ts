/** Writes the schema that the code makes: `node services/api/dist/print-schema.js FILE`. Needs no database. */
import { writeFileSync } from 'node:fs';
import { runMain } from '@rookery/service-kit/config';
import { generateSchema } from './graphql/generate-schema.js';

runMain(async () => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('Say which file to write.');
  writeFileSync(file, await generateSchema());
});
