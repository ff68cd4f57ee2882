/** Builds the worker from its configuration; `worker.ts` and the tests start it alike. */
import { InstallationKeys } from '@rookery/db/installation-keys';
import { type Database, openDatabase } from '@rookery/db/pool';
import { openReconcileQueue, startReconcileWorker } from '@rookery/db/queue';
import { Bucket } from '@rookery/service-kit/aws/s3';
import { Envelope } from '@rookery/service-kit/envelope';
import type { Logger } from '@rookery/service-kit/log';
import { openKeys } from '@rookery/service-kit/open-keys';
import { sql } from 'drizzle-orm';
import { driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { joinTokensOf } from '../drivers/aws/join-token.js';
import { AwsStacks } from '../drivers/terraform/aws-stacks.js';
import { DockerStacks } from '../drivers/terraform/docker-stacks.js';
import type { StackOptions } from '../drivers/terraform/stack.js';
import { BucketVault, PostgresVault } from '../drivers/terraform/state-vault.js';
import { Engine } from '../engine/engine.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { resync } from '../reconcile/resync.js';
import { AfterOutage } from './after-outage.js';
import type { Config } from './config.js';
import { armFailpoints } from './failpoint.js';

const CONCURRENCY = 8;

export interface RunningWorker {
  /** Reasons why it is not ready. */
  notReady(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startWorker(config: Config, log: Logger): Promise<RunningWorker> {
  armFailpoints(config.ROOKERY_FAILPOINT_FILE);
  const outage = new AfterOutage(() => resync(database, queue, log));
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
  const queueConfig = { jobsUrl: config.JOBS_DATABASE_URL, redisUrl: config.REDIS_URL, onError };
  const queue = openReconcileQueue(queueConfig);
  const noteTrouble = (error: Error) =>
    log.warn({ err: error }, 'the installation’s keys could not be looked at; it goes on with those it has');
  const opened = await openKeys(config, new InstallationKeys(database), noteTrouble);
  const stackOptions = opened === null ? null : stackOptionsOf(config, database, new Envelope(opened.keys));
  const driver = driverOf(new Placement(database), {
    docker: stackOptions && config.DOCKER_HOST ? new DockerStacks(stackOptions, new Engine(config.DOCKER_HOST), config.DOCKER_HOST) : null,
    aws: stackOptions && new AwsStacks(stackOptions, config.ROOKERY_INSTALLATION, joinTokensOf(database)),
  });
  const reconciler = new Reconciler(database, driver, log);
  const worker = startReconcileWorker(
    { ...queueConfig, concurrency: CONCURRENCY },
    { deployment: () => reconciler.lookAtNext(), resync: () => resync(database, queue, log) },
  );
  await queue.scheduleResync(config.ROOKERY_RESYNC_SECONDS * 1_000);
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
      await worker.close();
      await queue.close();
      opened?.close();
      await database.$client.end();
    },
  };
}

/** Null where this worker has no folder for runs of Terraform. */
function stackOptionsOf(config: Config, db: Database, envelope: Envelope): StackOptions | null {
  const { TERRAFORM_BIN: binary, TERRAFORM_SOURCE: source, TERRAFORM_HOME: home, ROOKERY_BUCKET: bucket } = config;
  if (home === undefined) return null;
  const inPostgres = new PostgresVault(db, envelope);
  const vault = bucket === undefined ? inPostgres : new BucketVault(new Bucket(bucket), envelope, inPostgres);
  return { binary, source, home, vault, db };
}
