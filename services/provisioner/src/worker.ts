/**
 * The worker of the provisioner: the only writer of what was made for a deployment (`deployment_infrastructure`), and
 * of the progress of operations. It looks at one deployment at a time, compares what is wanted with what is there, and
 * takes the next step. It takes no input but the rows: the same look serves the first time, a retry and a repair. When
 * it dies, its locks fall with its connections, and the next look of any worker goes on. Beside that it makes and removes
 * the files of exports, by the same rules: a row, a lock, an attempt that another may follow.
 */
import { runMain } from '@rookery/service-kit/config';
import { loadConfig } from '@rookery/service-kit/load-config';
import { serveHealth } from '@rookery/service-kit/health';
import { createLogger } from '@rookery/service-kit/log';
import { collectDefaultMetrics } from 'prom-client';
import { configSchema } from './worker/config.js';
import { startWorker } from './worker/start-worker.js';

runMain(async () => {
  const config = await loadConfig(configSchema, process.env);
  const log = createLogger('worker', config.LOG_LEVEL);
  collectDefaultMetrics();
  const worker = await startWorker(config, log);
  const path = config.WORKER_HEALTH_SOCKET;
  const health = path === undefined ? null : await serveHealth({ path, notReady: () => worker.notReady() });
  log.info('the worker looks for work');

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    health?.close();
    worker.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the worker did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
});
