/**
 * `npm run operator -- stack dep_… state list`: looks into an installation that `npm start` runs (ROOKERY_HOME), or into
 * the one that PROVISIONER_DATABASE_URL and KEK name.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildAll } from './build.ts';
import { inRoot, NODE } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';

await buildAll(() => {});
const home = resolve(process.env.ROOKERY_HOME ?? inRoot('.rookery'));
const env = process.env.PROVISIONER_DATABASE_URL === undefined ? ofHome(home) : {};
const { ok } = await runStep(NODE, [inRoot('services/provisioner/dist/operator.js'), ...process.argv.slice(2)], { echo: true, env });
process.exit(ok ? 0 : 1);

/** The embedded Postgres of a running system: its socket stands in the server's own file. */
function ofHome(folder: string): NodeJS.ProcessEnv {
  try {
    const socketFolder = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[4]!;
    const password = encodeURIComponent(readFileSync(join(folder, 'secrets', 'database-rookery_provisioner'), 'utf8').trim());
    const host = encodeURIComponent(socketFolder);
    return {
      PROVISIONER_DATABASE_URL: `postgres://rookery_provisioner:${password}@localhost:5432/rookery?host=${host}`,
      KEK_FILE: join(folder, 'secrets', 'kek'),
    };
  } catch {
    console.error(`Nothing runs in ${folder}. Start it, set ROOKERY_HOME, or give PROVISIONER_DATABASE_URL and KEK_FILE.`);
    process.exit(2);
  }
}
