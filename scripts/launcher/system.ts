/** Which processes make up the system, and what each of them is told. */
import { join } from 'node:path';
import { inRoot } from '../lib/paths.ts';
import { Child } from './child.ts';
import type { Home } from './home.ts';
import type { Settings } from './settings.ts';

export interface DatabaseUrls {
  owner: string;
  api: string;
  provisioner: string;
  jobs: string;
}

export interface System {
  apis: Child[];
  workers: Child[];
  edges: Child[];
  agent: Child;
  /** Socket of the first api's private listener. */
  privateApi: string;
}

export function describeSystem(home: Home, settings: Settings, urls: DatabaseUrls, publicUrl: string, onStart: () => void): System {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);
  const socket = (name: string) => join(home.run, `${name}.sock`);
  const child = (name: string, entry: string, env: Record<string, string | undefined>, health: string, nodeOptions: string[] = []) =>
    new Child({
      name,
      entry: inRoot(entry),
      env: { LOG_LEVEL: settings.LOG_LEVEL, ...env },
      logFile: home.file('logs', `${name}.log`),
      health: `unix:${health}`,
      nodeOptions,
      onStart,
    });
  const apiSockets = numbered(settings.ROOKERY_API_PROCESSES).map((i) => socket(`api-${i}`));
  const edgeSockets = numbered(settings.ROOKERY_EDGE_PROCESSES).map((i) => socket(`edge-${i}`));
  const routes = join(home.run, 'routes.json');
  const database = { JOBS_DATABASE_URL: urls.jobs, REDIS_URL: settings.REDIS_URL };

  const metrics = [
    ...numbered(settings.ROOKERY_WORKER_PROCESSES).map((i) => `worker-${i}=${socket(`worker-${i}`)}`),
    ...edgeSockets.map((_, i) => `edge-${i}=${socket(`edge-${i}-health`)}`),
    `agent=${socket('agent')}`,
  ].join(',');

  const apis = apiSockets.map((privateSocket, i) =>
    child(
      `api-${i}`,
      'services/api/dist/main.js',
      {
        ...database,
        API_DATABASE_URL: urls.api,
        ROOKERY_BIND: settings.ROOKERY_BIND,
        ROOKERY_PORT: String(settings.ROOKERY_PORT + i),
        PUBLIC_URL: publicUrl,
        API_PRIVATE_LISTEN: privateSocket,
        API_PRIVATE_URL: `unix:${privateSocket}`,
        ROOKERY_SIGN_UP: settings.ROOKERY_SIGN_UP,
        ROOKERY_PLANS: settings.ROOKERY_PLANS,
        ROOKERY_DOMAIN: settings.ROOKERY_DOMAIN,
        KEK_FILE: home.file('secrets', 'kek'),
        SESSION_SECRET: home.secret('session'),
        CA_FILE: home.file('machine', 'ca', 'ca.pem'),
        WEB_ROOT: inRoot('web/dist'),
        METRICS_SOCKETS: metrics,
      },
      privateSocket,
      ['--enable-source-maps'],
    ),
  );
  const workers = numbered(settings.ROOKERY_WORKER_PROCESSES).map((i) =>
    child(
      `worker-${i}`,
      'services/provisioner/dist/worker.js',
      {
        ...database,
        PROVISIONER_DATABASE_URL: urls.provisioner,
        ROOKERY_RESYNC_SECONDS: String(settings.ROOKERY_RESYNC_SECONDS),
        WORKER_HEALTH_SOCKET: socket(`worker-${i}`),
      },
      socket(`worker-${i}`),
      ['--enable-source-maps'],
    ),
  );
  const edges = edgeSockets.map((control, i) =>
    child(
      `edge-${i}`,
      'services/edge/dist/edge.mjs',
      { EDGE_ROUTES_FILE: routes, EDGE_CONTROL_SOCKET: control, EDGE_HEALTH_SOCKET: socket(`edge-${i}-health`) },
      socket(`edge-${i}-health`),
      ['--disable-sigusr1'],
    ),
  );
  const agent = child(
    'agent',
    'services/provisioner/dist/agent.mjs',
    {
      API_PRIVATE_URLS: apiSockets.map((path) => `unix:${path}`).join(','),
      AGENT_HOME: home.file('machine'),
      AGENT_RUN: home.machineRun,
      RUNTIME_ENTRY: inRoot('services/broker-runtime/dist/runtime.mjs'),
      EDGE_ROUTES_FILE: routes,
      EDGE_CONTROL_SOCKETS: edgeSockets.join(','),
      AGENT_HEALTH_SOCKET: socket('agent'),
      ROOKERY_BIND: settings.ROOKERY_BIND,
      ROOKERY_DOMAIN: settings.ROOKERY_DOMAIN,
      ROOKERY_MQTT_PORTS: settings.ROOKERY_MQTT_PORTS,
      ROOKERY_MQTTS_PORT: String(settings.ROOKERY_MQTTS_PORT),
      ROOKERY_WSS_PORT: String(settings.ROOKERY_WSS_PORT),
      ROOKERY_ACCEPT_NO_ISOLATION: settings.ROOKERY_ACCEPT_NO_ISOLATION,
      ROOKERY_ISOLATION: settings.ROOKERY_ISOLATION,
    },
    socket('agent'),
    ['--disable-sigusr1'],
  );
  return { apis, workers, edges, agent, privateApi: apiSockets[0]! };
}
