/** The queue of mails, and the one who sends them. */
import type { MailJob } from '@rookery/contracts/jobs';
import { MAIL_QUEUE } from '@rookery/contracts/jobs';
import { openJobQueue, type QueueConfig, startJobWorker } from './queue.js';

const TRIES_MAX = 8;
/** 10 s, 20 s, 40 s … up to about 20 minutes. */
const FIRST_RETRY_MS = 10_000;
/** So many mails are on their way at once. */
const CONCURRENCY = 4;

export interface MailQueue {
  add(job: MailJob): Promise<void>;
  close(): Promise<void>;
}

/** `send` throws what is to be tried again. */
export function openMailQueue(config: QueueConfig, send: (job: MailJob) => Promise<void>): MailQueue {
  const queue = openJobQueue(MAIL_QUEUE, config);
  const worker = startJobWorker(MAIL_QUEUE, { ...config, concurrency: CONCURRENCY }, (job) => send(job.data as MailJob));
  const options = {
    removeOnComplete: true,
    removeOnFail: 100,
    attempts: TRIES_MAX,
    backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
  };
  return {
    add: async (job) => void (await queue.add(job.mail, job, options)),
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
}
