/**
 * Deployments as containers: a wish by GraphQL, Terraform by a job of the queue, a device through the edge. Needs an
 * engine (DOCKER_HOST), terraform and the docker provider.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';
import { runStep } from '../../scripts/lib/run-step.ts';
import { Api, type Deployed } from '../support/api.ts';
import { hits, inFiles, inProcesses } from '../support/canary.ts';
import { connectTls, until } from '../support/clients.ts';
import { containersOf, docker, managedBy } from '../support/containers.ts';
import { freePorts, keepLogs, processOf, type RunningSystem, startSystem } from '../support/system.ts';
import { signalProcess } from '@rookery/service-kit/processes';

/** No segment of a store is larger. */
const FILE_BYTES_MAX = 320 * 2 ** 20;

export interface DockerCellOptions {
  /** kill -9 of the worker at this many moments of a create. */
  kills: number;
  say: (line: string) => void;
}

export async function dockerCell({ kills, say }: DockerCellOptions): Promise<void> {
  const host = process.env['DOCKER_HOST'];
  if (host === undefined) throw new Error('Set DOCKER_HOST to an engine that this test may use.');
  const ports = await freePorts(50);
  const system = await startSystem({ ROOKERY_DOCKER: 'auto', DOCKER_HOST: host, ROOKERY_DOCKER_MQTT_PORTS: `${ports}-${ports + 49}` });
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    await api.untilRegion('local-docker');
    const deployed = await lifeOfAContainer(system, api, say);
    await noSecrets(system, deployed, say);
    await sleepsAndWakes(system, api, deployed, say);
    await outages(system, api, deployed, say);
    for (let kill = 0; kill < kills; kill++) await killedInACreate(system, api, kill, say);
    await remove(api, deployed.id);
    await until(async () => (await managedBy(system)).length === 0, 'no container to be left', 60_000);
    const runs = join(system.home, 'terraform');
    if (existsSync(runs) && readdirSync(runs).length > 0) throw new Error(`run folders are left: ${readdirSync(runs).join(', ')}`);
    say('deleted: no container and no run folder is left');
  } catch (error) {
    say(`logs kept in ${keepLogs(system, 'docker-cell')}`);
    throw error;
  } finally {
    await system.stop();
    for (const { Id } of await managedBy(system)) await docker('rm', '--force', Id);
    system.remove();
  }
}

async function lifeOfAContainer(system: RunningSystem, api: Api, say: (line: string) => void): Promise<Deployed> {
  const startedAt = performance.now();
  const deployed = await api.deploy('boxed', { region: 'local-docker' });
  const client = await connectTls(deployed, { ca: system.ca, clientId: 'in-the-box' });
  say(`created, and a device connected after ${Math.round(performance.now() - startedAt)} ms`);
  const [container] = await containersOf(`rookery.deployment=${deployed.id}`);
  const { HostConfig: limits, Config: config } = container!;
  const wanted = {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    Privileged: false,
    PidsLimit: 64,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    Ulimits: [
      { Name: 'fsize', Hard: FILE_BYTES_MAX, Soft: FILE_BYTES_MAX },
      { Name: 'nofile', Hard: 16_384, Soft: 16_384 },
    ],
  };
  for (const [name, value] of Object.entries(wanted))
    if (JSON.stringify(limits[name]) !== JSON.stringify(value)) throw new Error(`${name} is ${JSON.stringify(limits[name])}`);
  if (limits.Memory < 32 * 2 ** 20 || limits.Memory !== limits.MemorySwap)
    throw new Error(`memory is ${limits.Memory}/${limits.MemorySwap}`);
  if (config.User === '' || config.User.startsWith('0')) throw new Error(`the container runs as ${config.User}`);
  const { deployment } = await api.query('query ($id: ID!) { deployment(id: $id) { isolation phase } }', { id: deployed.id });
  if (deployment.isolation !== 'container' || deployment.phase !== 'RUNNING') throw new Error(JSON.stringify(deployment));
  say(`limits as wanted: ${JSON.stringify({ ...wanted, Memory: limits.Memory, User: config.User })}`);

  const listed = await runStep(NODE, [inRoot('scripts/operator.ts'), 'stack', deployed.id, 'state', 'list'], {
    env: { ROOKERY_HOME: system.home },
  });
  if (!listed.ok) throw new Error(`the state cannot be listed: ${listed.output}`);

  await client.subscribeAsync('kept', { qos: 1 });
  await client.publishAsync('kept', 'before the stop', { qos: 1, retain: true });
  client.end(true);
  await change(api, 'stopDeployment', deployed.id);
  const [stopped] = await containersOf(`rookery.deployment=${deployed.id}`);
  if (stopped?.State.Status !== 'exited') throw new Error(`a stopped deployment has a container that is ${stopped?.State.Status}`);
  await change(api, 'startDeployment', deployed.id);
  const back = await connectTls(deployed, { ca: system.ca, clientId: 'in-the-box-again' });
  const message = new Promise<string>((resolve) => back.once('message', (_topic, payload) => resolve(payload.toString())));
  await back.subscribeAsync('kept');
  if ((await message) !== 'before the stop') throw new Error('the retained message is gone');
  back.end(true);
  say('stopped and started again: same container, nothing lost');
  return deployed;
}

/** Neither state nor plan, neither the container nor what it prints, nor any process beside it tells a secret. */
async function noSecrets(system: RunningSystem, deployed: Deployed, say: (line: string) => void): Promise<void> {
  const secret = (name: string) => readFileSync(join(system.home, 'secrets', name), 'utf8').trim();
  const { apiKey, password } = system.login;
  const canaries = {
    credential: deployed.secret,
    apiKey,
    password,
    kek: secret('kek'),
    provisioner: secret('database-rookery_provisioner'),
  };
  const [container] = await containersOf(`rookery.deployment=${deployed.id}`);
  const shown = Buffer.from(JSON.stringify(container) + (await docker('logs', container!.Id)));
  const run = join(system.home, 'terraform', deployed.id);
  const [state] = readdirSync(run, { recursive: true }).filter((name) => String(name).endsWith('terraform.tfstate'));
  if (state === undefined) throw new Error('there is no state to look into');
  const found = [...inFiles(run, canaries), ...hits(shown, canaries, 'the container'), ...inProcesses(canaries)];
  if (found.length > 0) throw new Error(`secrets are told: ${found.join(', ')}`);
  say('no secret in state, plan, logs, container or environment');
}

/** Its container stands still while nobody is there, and a client starts it again. */
async function sleepsAndWakes(system: RunningSystem, api: Api, deployed: Deployed, say: (line: string) => void): Promise<void> {
  const setting = (sleepAfterSeconds: number | null) =>
    api.mutate('updateDeployment', 'deployment { id }', { id: deployed.id, sleepAfterSeconds });
  const status = async () => (await containersOf(`rookery.deployment=${deployed.id}`))[0]?.State.Status;
  await setting(1);
  await until(async () => (await status()) === 'exited', 'the container to be stopped', 30_000);
  const startedAt = performance.now();
  const client = await connectTls(deployed, { ca: system.ca, clientId: 'early', connectTimeout: 20_000 });
  const took = performance.now() - startedAt;
  const message = new Promise<string>((resolve) => client.once('message', (_topic, payload) => resolve(payload.toString())));
  await client.subscribeAsync('kept');
  if ((await message) !== 'before the stop') throw new Error('the retained message is gone');
  await setting(null);
  client.end(true);
  say(`slept as a stopped container, woken by a client in ${Math.round(took)} ms: same container, nothing lost`);
}

/** The broker is killed in its container; the agent dies and comes back. */
async function outages(system: RunningSystem, api: Api, deployed: Deployed, say: (line: string) => void): Promise<void> {
  const [container] = await containersOf(`rookery.deployment=${deployed.id}`);
  await docker('kill', container!.Id);
  const killedAt = performance.now();
  await untilIn(system, deployed);
  say(`killed in its container: a device is in again after ${Math.round(performance.now() - killedAt)} ms`);
  const client = await connectTls(deployed, { ca: system.ca, clientId: 'uncut' });
  let cut = false;
  client.once('close', () => {
    cut = true;
  });
  signalProcess(dockerAgent(system), 'SIGKILL');
  await new Promise((wake) => setTimeout(wake, 2_000));
  await api.untilApplied(deployed.id);
  if (cut) throw new Error('a client was cut by the death of the agent');
  client.end(true);
  say('the agent died: no client was cut');
}

function dockerAgent(system: RunningSystem) {
  const found = JSON.parse(readFileSync(join(system.home, 'processes.json'), 'utf8')).find(({ pid }: { pid: number }) =>
    readFileSync(`/proc/${pid}/environ`, 'utf8').includes('ROOKERY_CELL=docker-1'),
  );
  if (found === undefined) throw new Error('the agent of the docker cell does not run');
  return found;
}

async function killedInACreate(system: RunningSystem, api: Api, kill: number, say: (line: string) => void): Promise<void> {
  const name = `killed-${kill}`;
  const created = await api.mutate('createDeployment', 'deployment { id } operation { id }', { name, region: 'local-docker' });
  await new Promise((wake) => setTimeout(wake, 150 + kill * 120));
  signalProcess(processOf(system, 'worker'), 'SIGKILL');
  const killedAt = performance.now();
  // Every other time the run folder is lost too.
  if (kill % 2 === 1) rmSync(join(system.home, 'terraform', created.deployment.id), { recursive: true, force: true });
  await until(async () => (await api.operation(created.operation.id)).state === 'SUCCEEDED', `${name} to run`, 90_000);
  const containers = await containersOf(`rookery.deployment=${created.deployment.id}`);
  if (containers.length !== 1 || containers[0]!.State.Status !== 'running') throw new Error(`${name} has ${containers.length} containers`);
  say(
    `worker killed ${150 + kill * 120} ms into a create${kill % 2 ? ', run folder deleted' : ''}: one container, ${Math.round(performance.now() - killedAt)} ms later`,
  );
  await remove(api, created.deployment.id);
}

async function untilIn(system: RunningSystem, deployed: Deployed): Promise<void> {
  await until(
    () =>
      connectTls(deployed, { ca: system.ca, clientId: 'back' }).then(
        (client) => {
          client.end(true);
          return true;
        },
        () => false,
      ),
    'a device to be let in again',
    30_000,
  );
}

async function change(api: Api, verb: string, id: string): Promise<void> {
  const { operation } = await api.mutate(verb, 'operation { id }', { id });
  const { state, errorCode } = await api.operation(operation.id);
  if (state !== 'SUCCEEDED') throw new Error(`${verb} ended ${state} ${errorCode}`);
}

async function remove(api: Api, id: string): Promise<void> {
  await change(api, 'deleteDeployment', id);
}
