/**
 * The job queue: on Postgres, or on Redis (Valkey) when there is one. A job only says *look*; what to do is in the
 * tables, so a queue that lost everything costs no more than one resync.
 */
import { RECONCILE_QUEUE, type ReconcileJob } from '@rookery/contracts/jobs';
import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';

/** Schema of the queue's tables in Postgres. */
export const JOBS_SCHEMA = 'jobs';

const TRIES_MAX = 10;
/** 1 s, 2 s, 4 s … up to about 8 minutes: ten tries in half an hour. */
const FIRST_RETRY_MS = 2_000;

export interface QueueConfig {
  jobsUrl: string;
  redisUrl?: string | undefined;
  onError: (error: Error) => void;
}

export interface ReconcileQueue {
  /** Asks the provisioner to look at these deployments. */
  look(deploymentIds: readonly string[]): Promise<void>;
  /** Asks the provisioner to make the exports that are due. */
  lookAtExports(): Promise<void>;
  /** Has `exports` run every so often, by one of all workers. */
  scheduleExports(everyMs: number): Promise<void>;
  /** Has `resync` run every so often, by one of all workers. */
  scheduleResync(everyMs: number): Promise<void>;
  /** Has `compare` run every so often, by one of all workers. */
  scheduleComparison(everyMs: number): Promise<void>;
  /** Has `publish` run every so often, by one of all workers; null: never. */
  schedulePublication(everyMs: number | null): Promise<void>;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

export function openReconcileQueue(config: QueueConfig): ReconcileQueue {
  const queue = openJobQueue(RECONCILE_QUEUE, config);
  const options = {
    removeOnComplete: true,
    removeOnFail: 1_000,
    attempts: TRIES_MAX,
    backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
  };
  const every = async (everyMs: number, name: string) =>
    void (await queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: { removeOnComplete: true, removeOnFail: 10 } }));
  return {
    look: async (deploymentIds) => {
      const jobs = deploymentIds.map((deploymentId) => ({
        name: 'deployment',
        data: { deploymentId } satisfies ReconcileJob,
        opts: options,
      }));
      if (jobs.length > 0) await queue.addBulk(jobs);
    },
    // What fails is due again by its row; a job of its own would only say so twice.
    lookAtExports: async () => void (await queue.add('export', {}, { removeOnComplete: true, removeOnFail: 10 })),
    scheduleExports: (everyMs) => every(everyMs, 'exports'),
    scheduleResync: (everyMs) => every(everyMs, 'resync'),
    scheduleComparison: (everyMs) => every(everyMs, 'compare'),
    schedulePublication: async (everyMs) => {
      if (everyMs !== null) await every(everyMs, 'publish');
      else await queue.removeJobScheduler('publish');
    },
    ready: () => queue.waitUntilReady(),
    close: () => queue.close(),
  };
}

export interface ReconcileWork {
  deployment(job: ReconcileJob): Promise<void>;
  resync(): Promise<void>;
  compare(): Promise<void>;
  /** Figures of the control plane. */
  publish(): Promise<void>;
  /** Makes the exports that are due. */
  export(): Promise<void>;
  /** Removes those that have expired, and looks for those that nobody told of. */
  exports(): Promise<void>;
}

const WITHOUT_INPUT = ['resync', 'compare', 'publish', 'export', 'exports'] as const;

export interface ReconcileWorker {
  close(): Promise<void>;
  isRunning(): boolean;
}

export function startReconcileWorker(config: QueueConfig & { concurrency: number }, work: ReconcileWork): ReconcileWorker {
  const run = (job: { name: string; data: unknown }) => {
    const name = WITHOUT_INPUT.find((each) => each === job.name);
    if (name !== undefined) return work[name]();
    return work.deployment(job.data as ReconcileJob);
  };
  const worker = startJobWorker(RECONCILE_QUEUE, config, run);
  return { close: () => worker.close(), isRunning: () => worker.isRunning() };
}

/** A queue of this name, on Redis where there is one. */
export function openJobQueue(name: string, config: QueueConfig) {
  const queue = config.redisUrl
    ? new Queue(name, { connection: { url: config.redisUrl } })
    : new OnPostgres.Queue(name, { connection: postgresConnection(config) });
  queue.on('error', config.onError);
  return queue;
}

/** Works on the queue of this name. */
export function startJobWorker(
  name: string,
  config: QueueConfig & { concurrency: number },
  run: (job: { name: string; data: unknown }) => Promise<void>,
) {
  // A worker that dies is noticed soon, so that what it held is looked at again.
  // And one whose queue was away asks again at once, not after the library's 15 s.
  const options = { concurrency: config.concurrency, lockDuration: 15_000, stalledInterval: 5_000, runRetryDelay: 250 };
  const worker = config.redisUrl
    ? new Worker(name, run, { ...options, connection: { url: config.redisUrl, maxRetriesPerRequest: null } })
    : new OnPostgres.Worker(name, run, { ...options, connection: postgresConnection(config) });
  worker.on('error', config.onError);
  // A Redis that is back at once breaks its connections without an error.
  worker.on('ioredis:close', () => {
    if (!worker.closing) config.onError(new Error('the connection to Redis was closed'));
  });
  return worker;
}

const OnPostgres = withBackend(createPostgresBackend);

function postgresConnection(config: QueueConfig) {
  return { connectionString: config.jobsUrl, schema: JOBS_SCHEMA, max: 5 };
}
