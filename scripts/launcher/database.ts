/** The database of this installation: a given Postgres, or the embedded one; migrated, with a role per service. */
import { inRoot, NODE } from '../lib/paths.ts';
import { runStep } from '../lib/run-step.ts';
import type { Home } from './home.ts';
import type { Settings } from './settings.ts';
import type { DatabaseUrls } from './system.ts';

const ROLES = { api: 'rookery_api', provisioner: 'rookery_provisioner', jobs: 'rookery_jobs' } as const;

export interface Database {
  urls: DatabaseUrls;
  stop(): Promise<void>;
}

export async function openDatabase(home: Home, settings: Settings, say: (line: string) => void): Promise<Database> {
  const password = (role: string) => home.secret(`database-${role}`);
  if (settings.DATABASE_URL !== undefined) {
    const urlFor = (role: string) => {
      const url = new URL(settings.DATABASE_URL!);
      url.username = role;
      url.password = encodeURIComponent(password(role));
      return url.toString();
    };
    const urls = { owner: settings.DATABASE_URL, api: urlFor(ROLES.api), provisioner: urlFor(ROLES.provisioner), jobs: urlFor(ROLES.jobs) };
    await migrate(home, urls);
    return { urls, stop: async () => {} };
  }
  const { superviseEmbeddedPostgres } = await import('@rookery/db/supervised-postgres');
  const postgres = await superviseEmbeddedPostgres({
    dataDir: home.file('postgres'),
    superuserPassword: home.secret('database-owner'),
    logFile: home.file('logs', 'postgres.log'),
    onProgress: (step) => say(`${step} …`),
    onTrouble: say,
  });
  const urlFor = (role: string) => postgres.urlFor(role, password(role));
  const urls = { owner: postgres.ownerUrl, api: urlFor(ROLES.api), provisioner: urlFor(ROLES.provisioner), jobs: urlFor(ROLES.jobs) };
  await migrate(home, urls).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return { urls, stop: () => postgres.stop() };
}

async function migrate(home: Home, urls: DatabaseUrls): Promise<void> {
  const result = await runStep(NODE, [inRoot('packages/db/dist/migrate.js')], {
    env: {
      DATABASE_URL_FILE: home.keepSecret('database-url', urls.owner),
      API_DATABASE_URL_FILE: home.keepSecret('api-database-url', urls.api),
      PROVISIONER_DATABASE_URL_FILE: home.keepSecret('provisioner-database-url', urls.provisioner),
      JOBS_DATABASE_URL_FILE: home.keepSecret('jobs-database-url', urls.jobs),
    },
  });
  if (!result.ok) throw new Error(`the database could not be migrated:\n${result.output}`);
}
