/**
 * The agent: one per machine, the only one that starts and stops runtimes here.
 *
 * Owns: the processes and folders of this machine's deployments, their last known policies (sealed), the edge's route
 * table. Never: listens in public, knows the database, decides who may connect. When it dies, runtimes and edge go on;
 * its successor adopts them. SIGTERM leaves runtimes running (an upgrade of the agent); SIGINT stops the machine.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { DockerFacts } from '@rookery/contracts/cells';
import { readConfig, runMain } from '@rookery/service-kit/config';
import { serveHealth } from '@rookery/service-kit/health';
import { createLogger } from '@rookery/service-kit/log';
import { ApiClient } from './agent/api-client.js';
import { CertificateAuthority } from './agent/certificates.js';
import { ContainerHost } from './agent/container-host.js';
import { type Config, configSchema } from './agent/config.js';
import { EdgeRoutes } from './agent/edge-routes.js';
import { KnownDeployments } from './agent/known-deployments.js';
import { Machine } from './agent/machine.js';
import { joinInstallation, knownMachineId } from './agent/machine-id.js';
import { IdentityKeeper } from './agent/identity-keeper.js';
import { MachineStream } from './agent/machine-stream.js';
import { Reporter } from './agent/reporter.js';
import type { RuntimeHosting } from './agent/running-runtime.js';
import { RuntimeHost } from './agent/runtime-host.js';
import { loadOrMakeKey } from './agent/seal.js';
import { StoreImages } from './agent/store-images.js';
import { Engine } from './engine/engine.js';
import { imageVersion } from './engine/image-version.js';

runMain(async () => {
  // A token file may be gone by now: it is read when it is needed, not here.
  const config = readConfig(configSchema, { AGENT_JOIN_TOKEN: '', ...process.env });
  const log = createLogger('agent', config.LOG_LEVEL);
  const home = config.AGENT_HOME;
  const api = new ApiClient(config.API_MACHINES_URL ?? config.API_PRIVATE_URLS ?? []);
  const known = new KnownDeployments(home, loadOrMakeKey(join(home, 'machine.key')), log);
  const engine = config.DOCKER_HOST === undefined ? null : new Engine(config.DOCKER_HOST);
  const docker = engine === null ? null : await dockerFacts(engine, config);
  const images = config.ROOKERY_STORE_IMAGES === 'on' ? StoreImages.probed(home) : new StoreImages(false);
  const runtimes: RuntimeHosting =
    engine === null || docker === null
      ? new RuntimeHost(config, known, images)
      : new ContainerHost(engine, docker.facts, docker.version, known, images);
  const authority = await CertificateAuthority.open(config.CA_FOLDER ?? join(home, 'ca'));
  const domainTls = await tlsForDomain(config, authority);

  let machineId = knownMachineId(home);
  let machine: Machine | null = null;
  const reporter = new Reporter(
    api,
    () => machineId,
    log,
    (state) => machine?.onReported(state),
  );
  const shared = domainTls === null ? null : { mqtts: config.ROOKERY_MQTTS_PORT, wss: config.ROOKERY_WSS_PORT, ...domainTls };
  const edges = new EdgeRoutes(
    config.EDGE_ROUTES_FILE,
    { bind: config.ROOKERY_BIND, shared },
    config.EDGE_CONTROL_SOCKETS,
    (usage) => reporter.meter(usage),
    async (deploymentId) => (await machine?.wake(deploymentId)) ?? { ok: false, retryMs: 250 },
    log,
  );
  machine = new Machine(config, runtimes, known, edges, authority, domainTls, reporter, log);
  await machine.resume();

  const facts = () => joinRequest(config, knownMachineId(home), runtimes, docker?.facts ?? null);
  const keeper = config.API_MACHINES_URL === undefined ? null : new IdentityKeeper(api, home, config, facts, log);
  let stream: MachineStream | null = null;
  await serveHealth({
    path: config.AGENT_HEALTH_SOCKET,
    notReady: () => [
      ...(keeper === null || keeper.problem === null ? [] : [keeper.problem]),
      ...(stream?.connected ? [] : ['no stream from the api']),
      ...(edges.connectedWorkers === 0 && config.EDGE_CONTROL_SOCKETS.length > 0 ? ['no edge worker is connected'] : []),
    ],
  });
  stopOnSignals(machine, reporter, edges, () => stream?.stop());
  log.info({ isolation: runtimes.isolation, machineId }, 'agent is up');

  await keeper?.ready();
  void keeper?.keep();
  machineId = await joinInstallation(api, home, facts(), log);
  const here = machine;
  stream = new MachineStream(
    api,
    machineId,
    {
      snapshot: (event) => here.onSnapshot(event),
      change: (event) => here.onChange(event),
      runtime: (event) => here.onRuntime(event),
      reset: ({ reason }) => log.info({ reason }, 'the stream starts over'),
      question: (question) =>
        void here
          .ask(question)
          .then((answer) => api.post(`/agent/answers/${question.questionId}?askedBy=${encodeURIComponent(question.askedBy)}`, answer))
          .catch((error: unknown) => log.warn({ err: error, questionId: question.questionId }, 'an answer was not taken')),
    },
    log,
  );
  await stream.run();
});

/** Null where deployments are processes. */
async function dockerFacts(
  engine: Engine,
  { RUNTIME_IMAGE, AGENT_RUN, AGENT_HOME }: Config,
): Promise<{ facts: DockerFacts; version: string } | null> {
  if (RUNTIME_IMAGE === undefined) return null;
  const image = await engine.findImage(RUNTIME_IMAGE);
  if (image === null) throw new Error(`the engine has no image ${RUNTIME_IMAGE}: build it, or set RUNTIME_IMAGE`);
  const uid = process.getuid?.() ?? 0;
  const facts = { image: image.id, runFolder: resolve(AGENT_RUN), dataFolder: resolve(AGENT_HOME), uid: uid === 0 ? null : uid };
  return { facts, version: imageVersion(image.id, image.labels) };
}

async function tlsForDomain(config: Config, authority: CertificateAuthority) {
  if (config.ROOKERY_DOMAIN === undefined) return null;
  const own = await authority.leaf(join(config.AGENT_HOME, 'domain-tls.json'), [`*.${config.ROOKERY_DOMAIN}`]);
  if (config.ROOKERY_TLS_CERT === undefined || config.ROOKERY_TLS_KEY === undefined) return own;
  return { ...own, certificate: readFileSync(config.ROOKERY_TLS_CERT, 'utf8'), privateKey: readFileSync(config.ROOKERY_TLS_KEY, 'utf8') };
}

function joinRequest(config: Config, machineId: string | null, { isolation, newestVersion }: RuntimeHosting, docker: DockerFacts | null) {
  const domain = config.ROOKERY_DOMAIN ?? null;
  return {
    machineId,
    name: config.MACHINE_NAME,
    region: config.ROOKERY_REGION,
    cell: config.ROOKERY_CELL,
    docker,
    isolation,
    runtimeVersion: newestVersion,
    processors: availableParallelism(),
    host: config.MACHINE_HOST,
    domain,
    mqttPorts: config.ROOKERY_MQTT_PORTS,
    sharedPorts: domain === null ? null : { mqtts: config.ROOKERY_MQTTS_PORT, wss: config.ROOKERY_WSS_PORT },
  };
}

function stopOnSignals(machine: Machine, reporter: Reporter, edges: EdgeRoutes, stopStream: () => void): void {
  const leave = async (stopRuntimes: boolean) => {
    stopStream();
    if (stopRuntimes) await machine.shutDown();
    else machine.release();
    edges.stop();
    await reporter.flush();
    process.exit(0);
  };
  process.once('SIGTERM', () => void leave(false));
  process.once('SIGINT', () => void leave(true));
}
