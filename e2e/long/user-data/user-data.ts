/**
 * The user data of a machine, as Terraform renders it, runs unchanged in a container made from Debian's packages: it mounts
 * its volume, reads its secret, joins, gets its certificate, starts a deployment, and a device gets CONNACK. Moto answers in
 * AWS's place. Needs an engine (DOCKER_HOST), its base image, terraform with the aws provider, moto, openssl and a loop device.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { motoEnvironment } from '@rookery/service-kit/test-support/moto';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { outputOf } from '../../../scripts/lib/run-step.ts';
import { Api, type Deployed } from '../../support/api.ts';
import { mirrorConfig, startMoto, stopMoto } from '../../support/aws.ts';
import { connectTls, nextMessage, until } from '../../support/clients.ts';
import { docker } from '../../support/containers.ts';
import { bridgeGateway, buildMachineImage, MACHINE_IMAGE, MachineContainer } from '../../support/machine-container.ts';
import { freePorts, type RunningSystem, startSystem } from '../../support/system.ts';

const DOMAIN = 'far.rookery.test';
/** An image that moto knows. */
const IMAGE = 'ami-1e749f67';
const JOIN_MS = 60_000;

interface Rig {
  folder: string;
  gateway: string;
  /** What a process needs to take moto for AWS. */
  aws: Record<string, string>;
  say: (line: string) => void;
  /** Undone in the opposite order. */
  undo: (() => Promise<unknown> | void)[];
}

export async function userData({ say }: { say: (line: string) => void }): Promise<void> {
  if (process.env.DOCKER_HOST === undefined) throw new Error('Set DOCKER_HOST to an engine that this test may use.');
  const folder = mkdtempSync(join(tmpdir(), 'rookery-user-data-'));
  const rig: Rig = { folder, gateway: '', aws: {}, say, undo: [() => rmSync(folder, { recursive: true, force: true })] };
  try {
    rig.gateway = await bridgeGateway();
    const moto = await startMoto(rig.gateway);
    rig.undo.push(() => stopMoto(moto));
    rig.aws = motoEnvironment(moto);
    const port = await freePorts(1);
    const url = `https://${rig.gateway}:${port}`;
    const system = await startSystem({ API_MACHINES_LISTEN: `${rig.gateway}:${port}`, API_MACHINES_URL: url });
    rig.undo.push(
      () => system.remove(),
      () => system.stop(),
    );
    await story(rig, system, url);
  } finally {
    for (const undo of rig.undo.toReversed()) await undo();
  }
}

async function story(rig: Rig, system: RunningSystem, url: string): Promise<void> {
  const { say, folder } = rig;
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  await api.mutate('createCell', 'cell { id }', { regionId: 'far', name: 'far-1', kind: 'MACHINE' });
  const { token } = await api.mutate('createJoinToken', 'token', { regionId: 'far', cell: 'far-1' });
  const { secretArn, script } = await render(rig, { url, region: 'far', cell: 'far-1', domain: DOMAIN });
  const tls = await wildcard(folder);
  for (const secret of ['rkj_', 'PRIVATE KEY', 'SECRET_ACCESS_KEY'])
    if (script.includes(secret)) throw new Error(`the user data holds ${secret}`);
  say('rendered by terraform, given to the instance, without a secret');

  await buildMachineImage(folder);
  const container = await MachineContainer.start(join(folder, 'volume'), script, rig.aws);
  rig.undo.push(() => container.remove('user-data.log'));
  const logs = () => container.logs();
  await until(async () => (await logs()).includes('Trying again until it can'), 'the machine to wait for its secret', JOIN_MS);
  const secrets = new SecretsManagerClient();
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify({ joinToken: token, ...tls }) }));
  const filledAt = performance.now();
  await until(async () => (await machines(api)).some((each) => each.state === 'UP'), 'the machine to join', JOIN_MS);
  const [machine] = await machines(api);
  say(
    `joined as ${machine!.id} ${Math.round(performance.now() - filledAt)} ms after its secret was filled; certificate until ${machine!.certificateExpiresAt}`,
  );

  const deployed = await api.deploy('on the machine', { region: 'far' });
  const device = async () =>
    connectTls({ ...deployed, host: await container.address() }, { ca: tls.certificate, servername: deployed.host });
  if (deployed.host.split('.').slice(1).join('.') !== DOMAIN || deployed.mqttsPort !== 8883)
    throw new Error(`it answers at ${deployed.host}:${deployed.mqttsPort}`);
  await keepsMessage(await device());
  say(`a device got CONNACK at ${deployed.host}:${deployed.mqttsPort} with the certificate of the secret`);
  await spent(api, container, token, logs);

  const startedAt = performance.now();
  await container.reboot();
  await comesBack(api, deployed, device);
  const after = await machines(api);
  if (after.length !== 1 || after[0]!.id !== machine!.id) throw new Error(`after its second boot there is ${JSON.stringify(after)}`);
  say(`second boot: the same machine, its data kept, a device after ${Math.round(performance.now() - startedAt)} ms`);
  await joinsByHand(rig, api);
}

/** The command that comes with a token, as an operator pastes it. */
async function joinsByHand(rig: Rig, api: Api): Promise<void> {
  const { token, command } = await api.mutate('createJoinToken', 'token command', { regionId: 'far', cell: 'far-1' });
  const container = await docker(
    'run',
    '--detach',
    '--init',
    '--tmpfs',
    '/run:exec',
    MACHINE_IMAGE,
    ...command.split(' '),
    '--host',
    'by-hand',
  );
  rig.undo.push(() => docker('rm', '--force', container));
  await until(async () => (await machines(api)).filter((each) => each.state === 'UP').length === 2, 'a machine to join by hand', JOIN_MS);
  if ((await docker('logs', container)).includes(token.split('.')[0]!)) throw new Error('the log holds the token');
  rig.say('another machine joined by the command of its token');
}

/** What was kept before is there: the volume was mounted, not formatted. */
async function comesBack(api: Api, deployed: Deployed, device: () => ReturnType<typeof connectTls>): Promise<void> {
  let client: Awaited<ReturnType<typeof device>> | null = null;
  await until(async () => (client = await device().catch(() => null)) !== null, 'a device after the second boot', JOIN_MS);
  await client!.subscribeAsync('kept');
  const { payload } = await nextMessage(client!);
  if (payload !== 'by the volume') throw new Error(`the retained message is ${payload}`);
  await client!.endAsync();
  await api.mutate('createCredential', 'secret', { deploymentId: deployed.id, username: 'later' });
  await api.untilApplied(deployed.id);
}

async function keepsMessage(client: Awaited<ReturnType<typeof connectTls>>): Promise<void> {
  await client.publishAsync('kept', 'by the volume', { qos: 1, retain: true });
  await client.endAsync();
}

async function spent(api: Api, container: MachineContainer, token: string, logs: () => Promise<string>): Promise<void> {
  const { joinTokens } = await api.query('{ joinTokens { id } }');
  if (joinTokens.length > 0) throw new Error('the token may be used again');
  const files = await container.run('sh', '-c', 'ls /var/lib/rookery; stat -c %a /var/lib/rookery/machine/identity.json');
  if (files.includes('join-token') || !files.endsWith('600')) throw new Error(`on the machine: ${files}`);
  const device = await container.run('findmnt', '-n', '-o', 'SOURCE,FSTYPE', '/var/lib/rookery');
  if (!device.includes('ext4')) throw new Error(`/var/lib/rookery is ${device}`);
  if ((await logs()).includes(token.split('.')[0]!)) throw new Error('the log holds the token');
}

async function machines(api: Api): Promise<{ id: string; state: string; certificateExpiresAt: string }[]> {
  const { cells } = await api.query('{ cells { name machines { id state certificateExpiresAt } } }');
  return cells.find((cell: { name: string }) => cell.name === 'far-1').machines;
}

/** Applies the module against moto; the script is the one that the instance was given. */
async function render(rig: Rig, joins: Record<string, string>): Promise<{ secretArn: string; script: string }> {
  const stack = join(rig.folder, 'stack');
  cpSync(inRoot('infra/terraform/modules'), join(stack, 'modules'), { recursive: true });
  cpSync(inRoot('infra/terraform/examples/cell-aws/provider.tf'), join(stack, 'provider.tf'));
  cpSync(inRoot('e2e/long/user-data/main.tf'), join(stack, 'main.tf'));
  const env = {
    TF_CLI_CONFIG_FILE: await mirrorConfig(rig.folder),
    TF_IN_AUTOMATION: '1',
    TF_VAR_endpoint: rig.aws.AWS_ENDPOINT_URL!,
    TF_VAR_image_id: IMAGE,
    TF_VAR_joins: JSON.stringify(joins),
  };
  const terraform = (...args: string[]) => outputOf('terraform', [`-chdir=${stack}`, ...args], env);
  await terraform('init', '-input=false', '-no-color');
  await terraform('apply', '-input=false', '-auto-approve', '-no-color');
  const { user_data: script, secret_arn: secretArn } = JSON.parse(await terraform('output', '-json')) as Record<string, { value: string }>;
  const state = JSON.parse(await terraform('show', '-json')) as {
    values: { root_module: { child_modules: { resources: { type: string; values: { user_data?: string } }[] }[] } };
  };
  const instance = state.values.root_module.child_modules.flatMap((module) => module.resources).find(({ type }) => type === 'aws_instance');
  // The provider keeps the hash of it only.
  const given = createHash('sha1').update(script!.value).digest('hex');
  if (instance?.values.user_data !== given) throw new Error(`the instance was given other user data: ${instance?.values.user_data}`);
  return { secretArn: secretArn!.value, script: script!.value };
}

/** A certificate for every name of the domain, which stands for itself. */
async function wildcard(folder: string): Promise<{ certificate: string; privateKey: string }> {
  const [certificate, key] = [join(folder, 'tls.pem'), join(folder, 'tls.key')];
  const name = ['-subj', `/CN=*.${DOMAIN}`, '-addext', `subjectAltName=DNS:*.${DOMAIN}`];
  await outputOf('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    ...name,
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}
