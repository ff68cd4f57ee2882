/**
 * A deployment with a machine of its own, from the wish to the last resource: a tenant asks for it by GraphQL, Terraform makes
 * the machine on moto, the user data that moto holds for it runs unchanged in a container, the machine joins, a device connects,
 * and after the deletion nothing is left. Needs an engine (DOCKER_HOST), its base image, terraform with the aws provider, moto
 * and a loop device.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Api, Deployed } from '../support/api.ts';
import { AWS_REGION_ID, type OnAws, startOnAws } from '../support/aws.ts';
import { connect, connectTls, nextMessage, until } from '../support/clients.ts';
import { CloudContainer } from '../support/cloud-container.ts';
import { docker } from '../support/containers.ts';
import { Ledger } from '../support/ledger.ts';
import { bridgeGateway, buildMachineImage } from '../support/machine-container.ts';
import { signUp } from '../support/people.ts';
import { keepLogs } from '../support/system.ts';

const OPERATION_MS = 300_000;
const PLAN = 'DEDICATED_1K';

interface Rig extends OnAws {
  tenant: Api;
  ledger: Ledger;
  /** Every boot of a machine, and when it was. */
  boots: { machine: CloudContainer; at: number }[];
  say: (line: string) => void;
}

export async function awsCell({ say }: { say: (line: string) => void }): Promise<void> {
  if (process.env.DOCKER_HOST === undefined) throw new Error('Set DOCKER_HOST to an engine that this test may use.');
  const folder = mkdtempSync(join(tmpdir(), 'rookery-aws-cell-'));
  const boots: Rig['boots'] = [];
  const booted = (machine: CloudContainer) => boots.push({ machine, at: performance.now() });
  try {
    await buildMachineImage(folder);
    const place = await startOnAws({
      installation: 'aws-cell',
      folder,
      host: await bridgeGateway(),
      boot: (moto) => CloudContainer.bootIn(folder, moto, booted),
    });
    const ledger = new Ledger(place.system);
    try {
      const tenant = await signUp(new URL(place.system.ready.graphqlUrl).origin);
      await story({ ...place, tenant, ledger, boots, say });
    } catch (error) {
      say(`logs kept in ${keepLogs(place.system, 'aws-cell')}; ${place.cloud.problems.join(', ')}`);
      throw error;
    } finally {
      await ledger.close();
      await place.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function story(rig: Rig): Promise<void> {
  const { tenant, boots, say } = rig;
  const wishedAt = performance.now();
  const since = (at = performance.now()) => `${((at - wishedAt) / 1000).toFixed(1)} s`;
  const wish = { name: 'on a machine of its own', region: AWS_REGION_ID, planId: PLAN };
  const created = await tenant.mutate('createDeployment', 'deployment { id } operation { id }', wish);
  const id = created.deployment.id as string;
  await tenant.untilSucceeded(created.operation.id, OPERATION_MS);
  const operationAt = performance.now();
  const { secret } = await tenant.mutate('createCredential', 'secret', { deploymentId: id, username: 'device' });
  await tenant.untilApplied(id);
  const { connection, phase } = await lookAt(tenant, id);
  const deployed: Deployed = { id, username: 'device', secret, ...connection };
  const [{ machine, at: bootedAt } = { machine: null, at: 0 }] = boots;
  if (machine === null || boots.length !== 1 || phase !== 'RUNNING') throw new Error(`${phase} after ${boots.length} boots`);
  // A machine without a domain signs for itself; its operator hands its authority on.
  const ca = await machine.container.run('cat', '/var/lib/rookery/machine/ca/ca.pem');
  const device = await connectTls(deployed, { ca, clientId: 'first' });
  say(`wish → machine boots ${since(bootedAt)} → operation succeeded ${since(operationAt)} → CONNACK ${since()}`);

  await untold(rig, machine, deployed);
  await hears(device, 'by TLS');
  await hears(await connect(deployed.wssUrl, { ...logIn(deployed), ca }), 'by WebSocket');
  if (deployed.mqttPort !== null || deployed.wsUrl !== null) throw new Error('a port is told that the security group does not open');
  say(`MQTT.js published and received at ${deployed.host}:${deployed.mqttsPort} and ${deployed.wssUrl}`);
  await onceEach(rig, id);
  await standsStill(rig, deployed, ca);
  await leavesNothing(rig, id);
}

async function lookAt(tenant: Api, id: string): Promise<{ phase: string; connection: Omit<Deployed, 'id' | 'username' | 'secret'> }> {
  const selection = 'phase connection { host mqttsPort mqttPort wssUrl wsUrl }';
  return (await tenant.query(`query ($id: ID!) { deployment(id: $id) { ${selection} } }`, { id })).deployment;
}

function logIn({ username, secret }: Deployed): { username: string; password: string } {
  return { username, password: secret };
}

async function hears(device: MqttClient, words: string): Promise<void> {
  await device.subscribeAsync('words', { qos: 1 });
  await device.publishAsync('words', words, { qos: 1 });
  const { payload } = await nextMessage(device);
  if (payload !== words) throw new Error(`what came is ${payload}`);
  await device.endAsync();
}

/** Neither what the machine was given nor what it said tells a secret. */
async function untold({ tenant, system }: Rig, { userData, container }: CloudContainer, { secret }: Deployed): Promise<void> {
  const said = `${userData}${await container.logs()}`;
  for (const word of ['rkj_', 'PRIVATE KEY', 'SECRET_ACCESS_KEY', secret, tenant.apiKey!, system.login.apiKey])
    if (said.includes(word)) throw new Error(`user data or log of the machine hold ${word.slice(0, 8)}`);
}

async function onceEach({ cloud, say }: Rig, id: string): Promise<void> {
  const odd = await cloud.notOne(id);
  if (odd.length > 0) throw new Error(odd.join(', '));
  const there = (await cloud.resources()).get(id)!;
  say(`on moto, one of each: ${there.map((each) => each.replace(/ [a-z]+-[0-9a-f]+/, '')).join(', ')}`);
}

/** The machine stays, nobody is let in; and back in seconds. */
async function standsStill({ tenant, boots, say }: Rig, deployed: Deployed, ca: string): Promise<void> {
  const stop = await tenant.mutate('stopDeployment', 'operation { id }', { id: deployed.id });
  await tenant.untilSucceeded(stop.operation.id, OPERATION_MS);
  const admitted = await connectTls(deployed, { ca, clientId: 'late' }).then(
    () => true,
    () => false,
  );
  if (admitted) throw new Error('a stopped deployment lets a device in');
  const startedAt = performance.now();
  const start = await tenant.mutate('startDeployment', 'operation { id }', { id: deployed.id });
  await tenant.untilSucceeded(start.operation.id, OPERATION_MS);
  await hears(await connectTls(deployed, { ca, clientId: 'again' }), 'after a stop');
  if (boots.length !== 1) throw new Error(`the machine booted ${boots.length} times`);
  say(`stopped and started on the same machine: heard again ${Math.round(performance.now() - startedAt)} ms after the wish`);
}

async function leavesNothing({ tenant, cloud, ledger, boots, say }: Rig, id: string): Promise<void> {
  const wishedAt = performance.now();
  const { operation } = await tenant.mutate('deleteDeployment', 'operation { id }', { id });
  await tenant.untilSucceeded(operation.id, OPERATION_MS);
  const took = performance.now() - wishedAt;
  const left = [...(await cloud.resources()).values()].flat();
  if (left.length > 0) throw new Error(`left on moto: ${left.join(', ')}`);
  const ids = boots.map(({ machine }) => machine.container.id);
  const running = async () => (await docker('ps', '--all', '--quiet', '--no-trunc')).split('\n').filter((each) => ids.includes(each));
  await until(async () => (await running()).length === 0, 'the container of the machine to be gone', 60_000);
  const held = await ledger.held();
  const rows = await ledger.deployments();
  if (rows.includes(id) || held.length > 0) throw new Error(`rows: ${rows.join(', ')}; held: ${held.join(', ')}`);
  const problems = await cloud.complaints(rows);
  if (problems.length > 0) throw new Error(problems.join(', '));
  say(`deleted in ${(took / 1000).toFixed(1)} s: 0 resources, 0 containers, no row, nothing held`);
}
