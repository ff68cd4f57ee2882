import { openReconcileQueue, type ReconcileQueue } from '@rookery/db/queue';
import { redisForTests } from '@rookery/db/test-support/redis-server';
import { uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { configSchema } from './config.js';
import { type RunningWorker, startWorker } from './start-worker.js';

const log = createLogger('test', 'silent');
const redis = await redisForTests();
/** Seconds; longer than the tests: what happens before is not the work of a resync. */
const NO_RESYNC = 600;
const COMPARE = 1;
/** Generous: two cores that others use too. */
const SOON_MS_MAX = 5_000;

describe.each([
  { backend: 'Postgres', redisUrl: undefined, skip: false },
  { backend: 'Redis', redisUrl: redis?.url, skip: redis === null },
])('the worker on $backend', ({ redisUrl, skip }) => {
  let installation: Installation;
  let queue: ReconcileQueue;
  let workers: RunningWorker[];
  const worker = (resyncSeconds: number) => {
    const { provisionerUrl, jobsUrl } = installation.database;
    return startWorker(
      configSchema.parse({
        PROVISIONER_DATABASE_URL: provisionerUrl,
        JOBS_DATABASE_URL: jobsUrl,
        REDIS_URL: redisUrl,
        ROOKERY_RESYNC_SECONDS: resyncSeconds,
        ROOKERY_COMPARE_SECONDS: COMPARE,
        LOG_LEVEL: 'silent',
      }),
      log,
    );
  };
  const percentOf = async (id: string) => (await installation.operations(id))[0]?.percent;

  beforeAll(async () => {
    if (skip) return;
    installation = await startInstallation();
    await installation.addMachine({ first: 20_000, last: 20_999 });
    workers = [await worker(NO_RESYNC), await worker(NO_RESYNC)];
    queue = openReconcileQueue({ jobsUrl: installation.database.jobsUrl, redisUrl, onError: () => {} });
  });
  afterAll(async () => {
    if (skip) return;
    await queue.close();
    for (const worker of workers) await worker.close();
    await installation.close();
  });

  it.skipIf(skip)('looks at once when it is told to', async () => {
    const owner = await installation.addOrganization();
    const ids = await Promise.all(Array.from({ length: 10 }, () => installation.addDeployment(owner)));
    await Promise.all(ids.map((id) => queue.look([id])));
    await expect
      .poll(async () => (await installation.sql('SELECT 1 FROM deployment_infrastructure WHERE generation = 1')).length, {
        interval: 10,
        timeout: SOON_MS_MAX,
      })
      .toBe(10);
    expect(await workers[0]!.notReady()).toEqual([]);
  });

  it.skipIf(skip)('looks at what is due as soon as the database is back, and waits for no resync', async () => {
    const id = await installation.addDeployment(await installation.addOrganization());
    await installation.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rookery_provisioner' AND datname = current_database()",
    );
    await expect.poll(() => percentOf(id), { timeout: 5_000 }).toBe(66);
  });

  it.skipIf(skip)('compares by its schedule what was made with what is there: it finds within a period what stands still', async () => {
    const id = await installation.addDeployment(await installation.addOrganization());
    const uuid = uuidOf('deployment', id);
    const drift = () => installation.sql('SELECT kind, attributes FROM deployment_drift WHERE deployment_id = $1', [uuid]);
    const reportAndLook = async (state: string) => {
      await installation.report(id, state);
      await queue.look([id]);
    };
    await queue.look([id]);
    await expect.poll(() => percentOf(id)).toBe(66);
    await reportAndLook('RUNNING');
    await expect.poll(async () => (await installation.operations(id))[0]?.state).toBe('SUCCEEDED');
    await reportAndLook('STOPPED');
    // What a machine has just been told, or has just said, may still change by itself.
    for (const [table, column] of [
      ['deployment_infrastructure', 'updated_at'],
      ['deployment_reports', 'state_at'],
    ])
      await installation.sql(`UPDATE ${table} SET ${column} = now() - interval '5 minutes' WHERE deployment_id = $1`, [uuid]);
    const agedAt = performance.now();
    await expect.poll(drift, { timeout: 10_000, interval: 20 }).toEqual([{ kind: 'MISSING', attributes: [] }]);
    expect(performance.now() - agedAt).toBeLessThan(COMPARE * 1_000 + SOON_MS_MAX);
    await expect.poll(() => installation.operations(id)).toMatchObject([{ verb: 'CREATE' }, { verb: 'REPAIR' }]);
  });

  it.skipIf(skip)('finds within one resync what nobody told it', async () => {
    const id = await installation.addDeployment(await installation.addOrganization());
    const third = await worker(1);
    await expect.poll(() => percentOf(id), { timeout: 5_000 }).toBe(66);
    await third.close();
  });
});

describe('the worker on a Redis that comes back empty', () => {
  it.skipIf(redis === null)(
    'looks at what is due, and goes on looking by itself',
    async () => {
      const installation = await startInstallation();
      await installation.addMachine({ first: 20_000, last: 20_999 });
      const { provisionerUrl, jobsUrl } = installation.database;
      const settings = { PROVISIONER_DATABASE_URL: provisionerUrl, JOBS_DATABASE_URL: jobsUrl, REDIS_URL: redis!.url };
      const worker = await startWorker(configSchema.parse({ ...settings, ROOKERY_RESYNC_SECONDS: 1, LOG_LEVEL: 'silent' }), log);
      const owner = await installation.addOrganization();
      const isSeen = async (id: string) => (await installation.operations(id))[0]?.percent === 66;
      for (let restart = 0; restart < 3; restart++) {
        await redis!.restart();
        const due = await installation.addDeployment(owner);
        await expect.poll(() => isSeen(due), { timeout: 10_000 }).toBe(true);
        // By now the recovery is over; only the schedule can find this one.
        const later = await installation.addDeployment(owner);
        await expect.poll(() => isSeen(later), { timeout: 10_000 }).toBe(true);
      }
      await worker.close();
      await installation.close();
    },
    90_000,
  );
});

afterAll(async () => redis?.stop());
