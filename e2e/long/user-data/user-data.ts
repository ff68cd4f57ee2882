/**
 * The user data of a machine, as Terraform renders it, runs unchanged in a container made from Debian's packages: it mounts
 * its volume, reads its secret, joins, gets its certificate, starts a deployment, and a device gets CONNACK. Moto answers in
 * AWS's place. Needs an engine (DOCKER_HOST), its base image, terraform with the aws provider, moto, openssl and a loop device.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { runStep } from '../../../scripts/lib/run-step.ts';
import { Api, type Deployed } from '../../support/api.ts';
import { connectTls, nextMessage, until } from '../../support/clients.ts';
import { docker } from '../../support/containers.ts';
import { freePorts, type RunningSystem, startSystem } from '../../support/system.ts';

const REGION = 'eu-central-1';
const DOMAIN = 'far.rookery.test';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
/** An image that moto knows. */
const IMAGE = 'ami-1e749f67';
const JOIN_MS = 60_000;

interface Rig {
  folder: string;
  gateway: string;
  endpoint: string;
  say: (line: string) => void;
  /** Undone in the opposite order. */
  undo: (() => Promise<unknown> | void)[];
}

export async function userData({ say }: { say: (line: string) => void }): Promise<void> {
  if (process.env.DOCKER_HOST === undefined) throw new Error('Set DOCKER_HOST to an engine that this test may use.');
  const folder = mkdtempSync(join(tmpdir(), 'rookery-user-data-'));
  const rig: Rig = { folder, gateway: '', endpoint: '', say, undo: [() => rmSync(folder, { recursive: true, force: true })] };
  try {
    rig.gateway = (await docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}')).trim();
    await startMoto(rig);
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
  for (const secret of ['rkj_', 'PRIVATE KEY', 'testing']) if (script.includes(secret)) throw new Error(`the user data holds ${secret}`);
  say('rendered by terraform, given to the instance, without a secret');

  const container = await startMachine(rig, script);
  const logs = () => docker('logs', container);
  await until(async () => (await logs()).includes('Trying again until it can'), 'the machine to wait for its secret', JOIN_MS);
  const secrets = new SecretsManagerClient({
    region: REGION,
    endpoint: rig.endpoint,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify({ joinToken: token, ...tls }) }));
  const filledAt = performance.now();
  await until(async () => (await machines(api)).some((each) => each.state === 'UP'), 'the machine to join', JOIN_MS);
  const [machine] = await machines(api);
  say(
    `joined as ${machine!.id} ${Math.round(performance.now() - filledAt)} ms after its secret was filled; certificate until ${machine!.certificateExpiresAt}`,
  );

  const deployed = await api.deploy('on the machine', { region: 'far' });
  const address = () => docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', container);
  const device = async () => connectTls({ ...deployed, host: await address() }, { ca: tls.certificate, servername: deployed.host });
  if (deployed.host.split('.').slice(1).join('.') !== DOMAIN || deployed.mqttsPort !== 8883)
    throw new Error(`it answers at ${deployed.host}:${deployed.mqttsPort}`);
  await keepsMessage(await device());
  say(`a device got CONNACK at ${deployed.host}:${deployed.mqttsPort} with the certificate of the secret`);
  await spent(api, container, token, logs);

  const startedAt = performance.now();
  await docker('restart', '--time', '20', container);
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
    'rookery-machine:rig',
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

async function spent(api: Api, container: string, token: string, logs: () => Promise<string>): Promise<void> {
  const { joinTokens } = await api.query('{ joinTokens { id } }');
  if (joinTokens.length > 0) throw new Error('the token may be used again');
  const files = await docker('exec', container, 'sh', '-c', 'ls /var/lib/rookery; stat -c %a /var/lib/rookery/machine/identity.json');
  if (files.includes('join-token') || !files.endsWith('600')) throw new Error(`on the machine: ${files}`);
  const device = await docker('exec', container, 'findmnt', '-n', '-o', 'SOURCE,FSTYPE', '/var/lib/rookery');
  if (!device.includes('ext4')) throw new Error(`/var/lib/rookery is ${device}`);
  if ((await logs()).includes(token.split('.')[0]!)) throw new Error('the log holds the token');
}

async function machines(api: Api): Promise<{ id: string; state: string; certificateExpiresAt: string }[]> {
  const { cells } = await api.query('{ cells { name machines { id state certificateExpiresAt } } }');
  return cells.find((cell: { name: string }) => cell.name === 'far-1').machines;
}

async function startMoto(rig: Rig): Promise<void> {
  const python = (await run('bash', [inRoot('scripts/ci/moto.sh'), inRoot('.cache', 'moto')])).trim().split('\n').at(-1)!;
  const port = await freePorts(1);
  rig.endpoint = `http://${rig.gateway}:${port}`;
  const env = { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' };
  const moto = spawn(python, [inRoot('scripts/ci/moto-server.py'), '-H', rig.gateway, '-p', String(port)], { env, stdio: 'ignore' });
  rig.undo.push(() => ended(moto));
  const answers = () =>
    fetch(`${rig.endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(answers, 'moto to answer', 30_000);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exited;
}

/** Applies the module against moto; the script is the one that the instance was given. */
async function render(rig: Rig, joins: Record<string, string>): Promise<{ secretArn: string; script: string }> {
  const stack = join(rig.folder, 'stack');
  cpSync(inRoot('infra/terraform/modules'), join(stack, 'modules'), { recursive: true });
  cpSync(inRoot('infra/terraform/examples/cell-aws/provider.tf'), join(stack, 'provider.tf'));
  cpSync(inRoot('e2e/long/user-data/main.tf'), join(stack, 'main.tf'));
  const mirror = process.env.TF_MIRROR ?? (await findMirror());
  const config = join(rig.folder, 'cli.tfrc');
  writeFileSync(config, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  const env = {
    TF_CLI_CONFIG_FILE: config,
    TF_IN_AUTOMATION: '1',
    TF_VAR_endpoint: rig.endpoint,
    TF_VAR_image_id: IMAGE,
    TF_VAR_joins: JSON.stringify(joins),
    ...CREDENTIALS,
  };
  const terraform = (...args: string[]) => run('terraform', [`-chdir=${stack}`, ...args], env);
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

async function findMirror(): Promise<string> {
  const found = await run('find', [
    '/',
    '-maxdepth',
    '6',
    '-path',
    '/proc',
    '-prune',
    '-o',
    '-type',
    'd',
    '-path',
    '*/registry.terraform.io/hashicorp/aws',
    '-print',
    '-quit',
  ]);
  if (found.trim() === '') throw new Error('No mirror holds the provider hashicorp/aws: set TF_MIRROR.');
  return found.trim().slice(0, -'/registry.terraform.io/hashicorp/aws'.length);
}

/** Only what EC2 gives a machine besides: a block device, and where AWS answers. */
async function startMachine(rig: Rig, script: string): Promise<string> {
  const context = join(rig.folder, 'image');
  await run('bash', [inRoot('scripts/machine-image.sh'), context]);
  const base = process.env.NODE_IMAGE ?? 'rookery-base/node';
  await docker(
    'build',
    '--quiet',
    '--network',
    'none',
    '--build-arg',
    `BASE_IMAGE=${base}`,
    '--tag',
    'rookery-machine:rig',
    '--file',
    inRoot('docker/machine/Dockerfile'),
    context,
  );
  const disk = join(rig.folder, 'volume');
  writeFileSync(disk, '');
  truncateSync(disk, 512 * 1024 * 1024);
  const loop = (await run('losetup', ['--find', '--show', disk])).trim();
  rig.undo.push(() => run('losetup', ['--detach', loop]));
  const file = join(rig.folder, 'user-data');
  writeFileSync(file, script);
  const aws = Object.entries({ ...CREDENTIALS, AWS_ENDPOINT_URL: rig.endpoint }).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const container = await docker(
    ...['run', '--detach', '--init', '--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined', '--tmpfs', '/run:exec'],
    ...['--device', `${loop}:/dev/xvdf`, '--volume', `${file}:/var/lib/cloud/user-data:ro`, ...aws, 'rookery-machine:rig'],
  );
  rig.undo.push(async () => {
    writeFileSync(inRoot('.cache', 'user-data.log'), await docker('logs', container));
    await docker('rm', '--force', container);
  });
  return container;
}

/** A certificate for every name of the domain, which stands for itself. */
async function wildcard(folder: string): Promise<{ certificate: string; privateKey: string }> {
  const [certificate, key] = [join(folder, 'tls.pem'), join(folder, 'tls.key')];
  const name = ['-subj', `/CN=*.${DOMAIN}`, '-addext', `subjectAltName=DNS:*.${DOMAIN}`];
  await run('openssl', [
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

async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { ok, output } = await runStep(program, args, { env });
  if (!ok) throw new Error(`${program} ${args.join(' ')}: ${output.slice(-2_000)}`);
  return output;
}
