/**
 * `npm run operator -- stack dep_… state list`, `… keys rotate`, `… machine token`, `… drift`: looks into an installation that
 * `npm start` runs (ROOKERY_HOME), or into the one that PROVISIONER_DATABASE_URL and KEK, or API_PRIVATE_URL, name.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildAll } from './build.ts';
import { DEFAULT_SOCKET } from './launcher/docker-cell.ts';
import { runFolder } from './launcher/settings.ts';
import { inRoot, NODE } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';

await buildAll(() => {});
const home = resolve(process.env.ROOKERY_HOME ?? inRoot('.rookery'));
const given = ['PROVISIONER_DATABASE_URL', 'API_PRIVATE_URL', 'ROOKERY_ECS_CLUSTER'].some((name) => process.env[name] !== undefined);
const env = given ? {} : ofHome(home);
const { ok } = await runStep(NODE, [inRoot('services/provisioner/dist/operator.js'), ...process.argv.slice(2)], { echo: true, env });
process.exit(ok ? 0 : 1);

/** What the launcher of a running system tells its services. */
function ofHome(folder: string): NodeJS.ProcessEnv {
  if (!existsSync(join(folder, 'ready.json'))) {
    console.error(`Nothing runs in ${folder}. Start it, set ROOKERY_HOME, or give PROVISIONER_DATABASE_URL and KEK_FILE.`);
    process.exit(2);
  }
  return {
    PROVISIONER_DATABASE_URL_FILE: join(folder, 'secrets', 'provisioner-database-url'),
    DATABASE_URL_FILE: join(folder, 'secrets', 'database-url'),
    KEK_FILE: join(folder, 'secrets', 'kek'),
    API_PRIVATE_URL: `unix:${join(runFolder(folder), 'c', 'api-0.sock')}`,
    TERRAFORM_HOME: join(folder, 'terraform'),
    DOCKER_HOST: process.env.DOCKER_HOST ?? (existsSync(DEFAULT_SOCKET) ? `unix://${DEFAULT_SOCKET}` : undefined),
  };
}
