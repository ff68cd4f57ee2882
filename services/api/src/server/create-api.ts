/** Builds the whole api from its configuration; `main.ts` and the tests start it alike. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { InstallationKeys } from '@rookery/db/installation-keys';
import { openDatabase } from '@rookery/db/pool';
import { openReconcileQueue } from '@rookery/db/queue';
import { AppError } from '@rookery/service-kit/errors';
import { openKeys } from '@rookery/service-kit/open-keys';
import helmet from 'helmet';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from '../app.module.js';
import { sessionMiddleware } from '../auth/sessions.js';
import { type Config, readPlans } from '../config.js';
import { NotificationHub } from '../live/notification-hub.js';
import type { Logger } from '../tokens.js';
import { MachinesServer } from './machines-server.js';
import { PrivateServer } from './private-server.js';
import { ProblemFilter, sendProblem } from './problem.filter.js';
import { RequestOrigin } from './request-origin.js';
import { staticFiles } from './static-files.js';

export interface Api {
  /** The public port that it listens on. */
  port: number;
  /** Of the door for machines; null where that is off. */
  machinesPort: number | null;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = '1mb';
/** Requests that are under way when the api stops have this long to end. */
const GRACE_MS = 1_500;

export async function createApi(config: Config, log: Logger): Promise<Api> {
  const onError = (error: Error) => log.warn({ err: error }, 'a connection to the database or the queue broke');
  const database = openDatabase(config.API_DATABASE_URL, { applicationName: 'rookery-api', onError });
  const queue = openReconcileQueue({ jobsUrl: config.JOBS_DATABASE_URL, redisUrl: config.REDIS_URL, onError });
  const noteTrouble = (error: Error) =>
    log.warn({ err: error }, 'the installation’s keys could not be looked at; it goes on with those it has');
  const opened = (await openKeys(config, new InstallationKeys(database), noteTrouble))!;
  const outside = { config, plans: readPlans(config.ROOKERY_PLANS), database, queue, keys: opened.keys, log };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(outside), {
    bodyParser: false,
    logger: ['error', 'fatal'],
    abortOnError: false,
  });

  app.disable('x-powered-by');
  app.use(helmet(helmetOptions(config)));
  // A load balancer asks by an address, whatever name is served; it is told no more than that somebody is here.
  app.use('/healthz', (_: Request, response: Response) => response.json({ status: 'ok' }));
  const origin = new RequestOrigin(config);
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refusal = origin.refusalOf(request);
    if (refusal === null) next();
    else sendProblem(response, [new AppError(refusal)]);
  });
  app.use(['/graphql', '/auth', '/exports'], sessionMiddleware(database, config));
  app.useBodyParser('json', { limit: BODY_BYTES_MAX });
  app.useGlobalFilters(new ProblemFilter(log));
  const authority = config.CA_FILE;
  if (authority)
    app.use('/ca.pem', (_: Request, response: Response) => response.type('application/x-pem-file').send(readFileSync(authority)));
  if (config.WEB_ROOT) for (const handler of staticFiles(config.WEB_ROOT)) app.use(handler);

  const privateServer = app.get(PrivateServer);
  await app.init();
  await privateServer.listen();
  const machinesServer = app.get(MachinesServer);
  const machinesPort = await machinesServer.listen();
  await app.listen(config.ROOKERY_PORT, config.ROOKERY_BIND);
  const address = app.getHttpServer().address() as { port: number };
  return {
    port: address.port,
    machinesPort,
    close: async () => {
      app.get(NotificationHub).endWaits();
      const machinesClosed = machinesServer.close();
      await privateServer.close();
      await machinesClosed;
      const server: Server = app.getHttpServer();
      const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await app.close();
      clearTimeout(cut);
      await queue.close();
      opened.close();
      await database.$client.end();
    },
  };
}

/** The console's test client talks to brokers on ports of their own, so connections are open to any WebSocket. */
function helmetOptions(config: Config): Parameters<typeof helmet>[0] {
  const secure = config.PUBLIC_URL.startsWith('https:');
  return {
    strictTransportSecurity: secure,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: secure ? [] : null,
      },
    },
  };
}
