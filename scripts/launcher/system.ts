/** Which processes make up the system, and what each of them is told. */
import { join, resolve } from 'node:path';
import { EDGE_NODE_FLAGS } from '../../packages/contracts/src/runtime-flags.ts';
import { inRoot } from '../lib/paths.ts';
import { Child } from './child.ts';
import type { DockerCell } from './docker-cell.ts';
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
  /** Edge and agent of the docker cell, whose runtime is in `image`; none where there is no engine. */
  docker(image: string): Child[];
}

export interface SystemOptions {
  home: Home;
  settings: Settings;
  urls: DatabaseUrls;
  publicUrl: string;
  /** Null: no deployment is a container. */
  docker: DockerCell | null;
  onStart: () => void;
}

export function describeSystem({ home, settings, urls, publicUrl, docker, onStart }: SystemOptions): System {
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
  // What is secret is told by file: an environment can be read in /proc.
  const database = {
    JOBS_DATABASE_URL_FILE: home.keepSecret('jobs-database-url', urls.jobs),
    ...(settings.REDIS_URL === undefined ? {} : { REDIS_URL_FILE: home.keepSecret('redis-url', settings.REDIS_URL) }),
  };

  const metrics = [
    ...numbered(settings.ROOKERY_WORKER_PROCESSES).map((i) => `worker-${i}=${socket(`worker-${i}`)}`),
    ...edgeSockets.map((_, i) => `edge-${i}=${socket(`edge-${i}-health`)}`),
    `agent=${socket('agent')}`,
    ...(docker === null ? [] : [`docker-edge=${socket('docker-edge-health')}`, `docker-agent=${socket('docker-agent')}`]),
  ].join(',');
  const aws = settings.ROOKERY_AWS === 'on' ? awsSettings(settings) : null;
  const stacks = {
    ...(docker === null && aws === null ? {} : terraformSettings(settings, home)),
    ...(docker === null ? {} : { DOCKER_HOST: docker.host }),
    ...(aws === null ? {} : { ...aws, ROOKERY_BUCKET: settings.ROOKERY_BUCKET, ROOKERY_CLOUDWATCH: settings.ROOKERY_CLOUDWATCH }),
  };

  const exported = {
    KEK_FILE: home.file('secrets', 'kek'),
    ROOKERY_EXPORTS: settings.ROOKERY_EXPORTS ?? (aws === null ? undefined : settings.ROOKERY_BUCKET) ?? resolve(home.file('exports')),
  };

  const apis = apiSockets.map((privateSocket, i) =>
    child(
      `api-${i}`,
      'services/api/dist/main.js',
      {
        ...database,
        ...aws,
        ...exported,
        API_DATABASE_URL_FILE: home.keepSecret('api-database-url', urls.api),
        ROOKERY_BIND: settings.ROOKERY_BIND,
        ROOKERY_PORT: String(settings.ROOKERY_PORT + i),
        PUBLIC_URL: publicUrl,
        API_PRIVATE_LISTEN: privateSocket,
        API_PRIVATE_URL: `unix:${privateSocket}`,
        API_MACHINES_LISTEN: i === 0 ? settings.API_MACHINES_LISTEN : undefined,
        API_MACHINES_URL: settings.API_MACHINES_URL,
        API_MACHINE_CERTIFICATE_SECONDS: String(settings.API_MACHINE_CERTIFICATE_SECONDS),
        ROOKERY_SIGN_UP: settings.ROOKERY_SIGN_UP,
        ROOKERY_PLANS: settings.ROOKERY_PLANS,
        ROOKERY_DOMAIN: settings.ROOKERY_DOMAIN,
        SESSION_SECRET_FILE: home.file('secrets', 'session'),
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
        PROVISIONER_DATABASE_URL_FILE: home.keepSecret('provisioner-database-url', urls.provisioner),
        ROOKERY_RESYNC_SECONDS: String(settings.ROOKERY_RESYNC_SECONDS),
        ROOKERY_FAILPOINT_FILE: settings.ROOKERY_FAILPOINT_FILE,
        ...stacks,
        ...exported,
        WORKER_HEALTH_SOCKET: socket(`worker-${i}`),
      },
      socket(`worker-${i}`),
      ['--enable-source-maps'],
    ),
  );
  const edge = (name: string, routesFile: string) =>
    child(
      name,
      'services/edge/dist/edge.mjs',
      { EDGE_ROUTES_FILE: routesFile, EDGE_CONTROL_SOCKET: socket(name), EDGE_HEALTH_SOCKET: socket(`${name}-health`) },
      socket(`${name}-health`),
      [...EDGE_NODE_FLAGS],
    );
  const agentOf = (name: string, env: Record<string, string | undefined>) =>
    child(
      name,
      'services/provisioner/dist/agent.mjs',
      {
        API_PRIVATE_URLS: apiSockets.map((path) => `unix:${path}`).join(','),
        RUNTIME_ENTRY: settings.ROOKERY_RUNTIME_ENTRY,
        AGENT_HEALTH_SOCKET: socket(name),
        CA_FOLDER: home.file('machine', 'ca'),
        ROOKERY_BIND: settings.ROOKERY_BIND,
        ROOKERY_STORE_IMAGES: settings.ROOKERY_STORE_IMAGES,
        ...env,
      },
      socket(name),
      ['--disable-sigusr1'],
    );
  const agent = agentOf('agent', {
    AGENT_HOME: home.file('machine'),
    AGENT_RUN: home.machineRun,
    EDGE_ROUTES_FILE: routes,
    EDGE_CONTROL_SOCKETS: edgeSockets.join(','),
    ROOKERY_DOMAIN: settings.ROOKERY_DOMAIN,
    ROOKERY_MQTT_PORTS: settings.ROOKERY_MQTT_PORTS,
    ROOKERY_MQTTS_PORT: String(settings.ROOKERY_MQTTS_PORT),
    ROOKERY_WSS_PORT: String(settings.ROOKERY_WSS_PORT),
    ROOKERY_ACCEPT_NO_ISOLATION: settings.ROOKERY_ACCEPT_NO_ISOLATION,
    ROOKERY_ISOLATION: settings.ROOKERY_ISOLATION,
  });
  const dockerRoutes = join(home.run, 'docker-routes.json');
  return {
    apis,
    workers,
    edges: edgeSockets.map((_, i) => edge(`edge-${i}`, routes)),
    agent,
    privateApi: apiSockets[0]!,
    docker: (image) =>
      docker === null
        ? []
        : [
            edge('docker-edge', dockerRoutes),
            agentOf('docker-agent', {
              AGENT_HOME: home.file('docker-machine'),
              AGENT_RUN: home.dockerRun,
              EDGE_ROUTES_FILE: dockerRoutes,
              EDGE_CONTROL_SOCKETS: socket('docker-edge'),
              MACHINE_NAME: 'local-docker',
              ROOKERY_REGION: 'local-docker',
              ROOKERY_CELL: 'docker-1',
              ROOKERY_MQTT_PORTS: settings.ROOKERY_DOCKER_MQTT_PORTS,
              DOCKER_HOST: docker.host,
              RUNTIME_IMAGE: image,
            }),
          ],
  };
}

/** Where it is and runs, and what it reads of our environment to find its providers. */
function terraformSettings({ TERRAFORM_BIN }: Settings, home: Home): Record<string, string | undefined> {
  const names = ['TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'];
  const environment = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  return { ...environment, TERRAFORM_BIN, TERRAFORM_HOME: home.file('terraform') };
}

/** Credentials and region as every program of the AWS SDK finds them, and what is bound to the installation's name. */
function awsSettings({ ROOKERY_INSTALLATION, ROOKERY_KEK }: Settings): Record<string, string | undefined> {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')));
  return { ...environment, ROOKERY_INSTALLATION, ROOKERY_KEK };
}
