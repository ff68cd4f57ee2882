import 'reflect-metadata';
import { runMain } from '@rookery/service-kit/config';
import { loadConfig } from '@rookery/service-kit/load-config';
import { createLogger } from '@rookery/service-kit/log';
import { completeConfig, configSchema } from './config.js';
import { createApi } from './server/create-api.js';

runMain(async () => {
  const config = completeConfig(await loadConfig(configSchema, process.env));
  const log = createLogger('api', config.LOG_LEVEL);
  const api = await createApi(config, log);
  log.info({ port: api.port, privateUrl: config.API_PRIVATE_URL }, 'the api listens');

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    api.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the api did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
});
