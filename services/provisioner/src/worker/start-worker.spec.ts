import { openReconcileQueue, type ReconcileQueue } from '@rookery/db/queue';
import { redisForTests } from '@rookery/db/test-support/redis-server';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { type RunningWorker, startWorker } from './start-worker.js';

const log = createLogger('test', 'silent');
const redis = await redisForTests();

describe.each([
  { backend: 'Postgres', redisUrl: undefined, skip: false },
  { backend: 'Redis', redisUrl: redis?.url, skip: redis === null },
])('the worker on $backend', ({ redisUrl, skip }) => {
  let installation: Installation;
  let queue: ReconcileQueue;
  let workers: RunningWorker[];

  beforeAll(async () => {
    if (skip) return;
    installation = await startInstallation();
    await installation.addMachine({ first: 20_000, last: 20_999 });
    const { provisionerUrl, jobsUrl } = installation.database;
    const config = {
      PROVISIONER_DATABASE_URL: provisionerUrl,
      JOBS_DATABASE_URL: jobsUrl,
      REDIS_URL: redisUrl,
      ROOKERY_RESYNC_SECONDS: 1,
      LOG_LEVEL: 'silent' as const,
    };
    workers = [await startWorker(config, log), await startWorker(config, log)];
    queue = openReconcileQueue({ jobsUrl, redisUrl, onError: () => {} });
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
    const began = Date.now();
    await Promise.all(ids.map((id) => queue.look(id)));
    await expect
      .poll(async () => (await installation.sql('SELECT 1 FROM deployment_infrastructure WHERE generation = 1')).length, { interval: 10 })
      .toBe(10);
    expect(Date.now() - began).toBeLessThan(900);
    expect(await workers[0]!.notReady()).toEqual([]);
  });

  it.skipIf(skip)('finds within one resync what nobody told it', async () => {
    const id = await installation.addDeployment(await installation.addOrganization());
    await expect.poll(async () => (await installation.operations(id))[0]?.percent, { timeout: 5_000 }).toBe(66);
  });
});

afterAll(async () => redis?.stop());
