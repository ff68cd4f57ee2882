/** Builds the worker from its configuration; `worker.ts` and the tests start it alike. */
import { MetricsNamespace } from '@rookery/service-kit/aws/cloudwatch';
import { InstallationKeys } from '@rookery/db/installation-keys';
import { openDatabase } from '@rookery/db/pool';
import { openReconcileQueue, startReconcileWorker } from '@rookery/db/queue';
import { Envelope } from '@rookery/service-kit/envelope';
import type { Logger } from '@rookery/service-kit/log';
import { openObjectStore } from '@rookery/service-kit/open-object-store';
import { openKeys } from '@rookery/service-kit/open-keys';
import { sql } from 'drizzle-orm';
import { Comparison } from '../drift/comparison.js';
import { driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { Exporter } from '../exports/exporter.js';
import { readFigures } from '../figures/figures.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { resync } from '../reconcile/resync.js';
import { AfterOutage } from './after-outage.js';
import type { Config } from './config.js';
import { stacksOf } from './stacks.js';
import { armFailpoints } from './failpoint.js';

const CONCURRENCY = 8;
/** The others are free for whoever else comes, also while one organization has runs of Terraform that take minutes. */
const OF_ONE_MAX = CONCURRENCY - 2;
/** So many jobs tell of exports at once; each makes one after the other. */
const EXPORTS_TOLD_MAX = 4;

export interface RunningWorker {
  /** Reasons why it is not ready. */
  notReady(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startWorker(config: Config, log: Logger): Promise<RunningWorker> {
  armFailpoints(config.ROOKERY_FAILPOINT_FILE);
  const outage = new AfterOutage(async () => {
    await schedule();
    await resync(database, queue, log);
  });
  const onError = (error: Error) => {
    log.warn({ err: error }, 'a connection to the database or the queue broke');
    outage.noteBreak();
  };
  // Each job holds one connection for its lock and uses one for its work.
  const database = openDatabase(config.PROVISIONER_DATABASE_URL, {
    applicationName: 'rookery-worker',
    connectionsMax: CONCURRENCY * 2 + 4,
    onError,
  });
  const namespace = config.ROOKERY_CLOUDWATCH === undefined ? null : new MetricsNamespace(config.ROOKERY_CLOUDWATCH);
  const queueConfig = { jobsUrl: config.JOBS_DATABASE_URL, redisUrl: config.REDIS_URL, onError };
  const queue = openReconcileQueue(queueConfig);
  /** A Redis that comes back empty has lost it. */
  const schedule = async () => {
    await queue.scheduleResync(config.ROOKERY_RESYNC_SECONDS * 1_000);
    await queue.scheduleComparison(config.ROOKERY_COMPARE_SECONDS * 1_000);
    await queue.scheduleExports(config.ROOKERY_RESYNC_SECONDS * 1_000);
    await queue.schedulePublication(namespace === null ? null : config.ROOKERY_CLOUDWATCH_SECONDS * 1_000);
  };
  const noteTrouble = (error: Error) =>
    log.warn({ err: error }, 'the installation’s keys could not be looked at; it goes on with those it has');
  const opened = await openKeys(config, new InstallationKeys(database), noteTrouble);
  const envelope = opened === null ? null : new Envelope(opened.keys);
  const stacks = stacksOf(config, database, envelope);
  const exporter =
    config.ROOKERY_EXPORTS === undefined || envelope === null
      ? null
      : new Exporter(database, openObjectStore(config.ROOKERY_EXPORTS), envelope, log);
  const reconciler = new Reconciler(database, driverOf(new Placement(database), stacks), log, OF_ONE_MAX);
  const comparison = new Comparison(database, stacks, log);
  const worker = startReconcileWorker(
    { ...queueConfig, concurrency: CONCURRENCY },
    {
      deployment: async ({ deploymentId }) => {
        if (await reconciler.lookAtNext()) await queue.look([deploymentId]);
      },
      resync: () => resync(database, queue, log),
      compare: async () => void (await comparison.run()),
      export: async () => exporter?.makeDue(),
      exports: async () => {
        const due = (await exporter?.sweep()) ?? 0;
        for (let i = 0; i < Math.min(due, EXPORTS_TOLD_MAX); i++) await queue.lookAtExports();
      },
      publish: async () => namespace?.publish(await readFigures(database, config.ROOKERY_CLOUDWATCH_SECONDS), new Date()),
    },
  );
  await schedule();
  // What a dead predecessor held is not left to the next turn of the schedule.
  await resync(database, queue, log).catch((error: unknown) => log.warn({ err: error }, 'the first resync failed; the next one follows'));
  // Once more a moment later: the database may not have noticed yet that the predecessor is dead, and keep its locks.
  outage.noteBreak();
  return {
    notReady: async () => {
      const reasons = worker.isRunning() ? [] : ['the queue is not worked on'];
      await database.execute(sql`SELECT 1`).catch((error: Error) => reasons.push(`the database does not answer: ${error.message}`));
      return reasons;
    },
    close: async () => {
      outage.close();
      reconciler.stop();
      exporter?.stop();
      await worker.close();
      await queue.close();
      namespace?.close();
      opened?.close();
      await database.$client.end();
    },
  };
}
