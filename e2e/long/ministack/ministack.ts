/**
 * `control-plane-aws` applied where tasks really run: ministack answers in AWS's place and makes containers of an engine of the
 * tasks (ECS), the database (RDS) and the cache (ElastiCache). An operator does what the module's README says after the first
 * apply; then api and worker are ready, and a person signs up through the load balancer. Needs an engine (DOCKER_HOST) with a
 * default bridge, its base images, terraform with the aws provider, and ministack (scripts/ci/ministack.sh).
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { runStep } from '../../../scripts/lib/run-step.ts';
import { mirrorConfig } from '../../support/aws.ts';
import { until } from '../../support/clients.ts';
import { containersOf, docker, type Inspected } from '../../support/containers.ts';
import { bridgeGateway } from '../../support/machine-container.ts';
import { APP_IMAGE, buildAppImage, buildStoreImages } from './images.ts';
import { type Ministack, startMinistack } from './start.ts';

const EXAMPLE = 'control-plane-aws';
const DOMAIN = 'rookery.example.com';
const READY_MS = 120_000;
/** What the task definitions ask in their health checks. */
const PROBES = { api: 'http://127.0.0.1:9090', worker: '/tmp/worker.sock' };

interface Rig {
  folder: string;
  ministack: Ministack;
  terraform: (...args: string[]) => Promise<string>;
  say: (line: string) => void;
}

export async function ministack({ say }: { say: (line: string) => void }): Promise<void> {
  if (process.env.DOCKER_HOST === undefined) throw new Error('Set DOCKER_HOST to an engine that this test may use.');
  const folder = mkdtempSync(join(tmpdir(), 'rookery-ministack-'));
  let emulator: Ministack | null = null;
  try {
    await buildStoreImages();
    emulator = await startMinistack(await bridgeGateway(), inRoot('.cache', 'ministack.log'));
    await buildAppImage(folder, emulator.authorities, say);
    const terraform = await prepare(folder, emulator);
    await story({ folder, ministack: emulator, terraform, say });
  } finally {
    await emulator?.stop();
    for (const { Id } of await containersOf('ministack')) await docker('rm', '--force', '--volumes', Id);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function story(rig: Rig): Promise<void> {
  const { terraform, say } = rig;
  const startedAt = performance.now();
  const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(0)} s`;
  // No task before there is anything in its secrets: ECS gives a service up that cannot start.
  await terraform('apply', '-input=false', '-auto-approve');
  const made = (await terraform('state', 'list')).split('\n').filter((line) => /^module\.(?!.*\.data\.)/.test(line)).length;
  say(`applied in ${seconds(startedAt)}: ${made} resources, no task yet`);
  await operate(rig);
  const tasksAt = performance.now();
  await terraform('apply', '-input=false', '-auto-approve', '-var', 'tasks=1');
  const tasks = { api: await ready('api', 2), worker: await ready('worker', 1) };
  say(`two tasks of the api and one of the worker are ready ${seconds(tasksAt)} after they were wished for`);
  await unchanged(rig);
  await isReached(rig, tasks.api);
  await diesAndIsReplaced(tasks.api[0]!);
  say('a task that died was replaced, and is ready');
  const endAt = performance.now();
  await terraform('destroy', '-input=false', '-auto-approve', '-var', 'tasks=1');
  const left = (await terraform('state', 'list')).trim();
  if (left !== '') throw new Error(`left in the state: ${left}`);
  await until(async () => (await running()).length === 0, 'no container to be left', READY_MS);
  say(`destroyed in ${seconds(endAt)}: 0 resources, 0 containers`);
}

/** What an operator does after the first apply: migrations by the owner's rights, then the secrets. */
async function operate({ terraform, ministack: { environment } }: Rig): Promise<void> {
  const outputs = JSON.parse(await terraform('output', '-json')) as Record<string, { value: never }>;
  const arns = outputs['secret_arns']!.value as Record<string, string>;
  const host = outputs['database_address']!.value as string;
  const secrets = new SecretsManagerClient(clientOptions(environment));
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const owner = SecretList.find(({ Name }) => Name?.startsWith('rds!'))!;
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: owner.ARN! }));
  const { username, password } = JSON.parse(SecretString!) as { username: string; password: string };
  const url = (role: string, word: string) =>
    `postgres://${role}:${encodeURIComponent(word)}@${host}:5432/rookery?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/etc/rookery/authorities.pem`;
  const roles = { api: word(), provisioner: word(), jobs: word() };
  const urls = Object.fromEntries(Object.entries(roles).map(([role, secret]) => [role, url(`rookery_${role}`, secret)]));
  const settings = {
    DATABASE_URL: url(username, password),
    API_DATABASE_URL: urls['api']!,
    PROVISIONER_DATABASE_URL: urls['provisioner']!,
    JOBS_DATABASE_URL: urls['jobs']!,
  };
  await docker(
    ...['run', '--rm', ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`])],
    ...[APP_IMAGE, 'node', 'packages/db/dist/migrate.js'],
  );
  const values = {
    'api-database-url': urls['api']!,
    'provisioner-database-url': urls['provisioner']!,
    'jobs-database-url': urls['jobs']!,
    session: word(),
  };
  for (const [name, SecretString] of Object.entries(values))
    await secrets.send(new PutSecretValueCommand({ SecretId: arns[name]!, SecretString }));
}

function word(): string {
  return randomBytes(24).toString('base64url');
}

function clientOptions({ AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }: Record<string, string>) {
  return {
    endpoint: AWS_ENDPOINT_URL!,
    region: AWS_REGION!,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
  };
}

async function running(service?: string): Promise<Inspected[]> {
  const label = service === undefined ? 'com.amazonaws.ecs.cluster' : `com.amazonaws.ecs.container-name=${service}`;
  return (await containersOf(label)).filter(({ State }) => State.Status === 'running');
}

/** By the probe of the task's health check. */
async function ready(service: keyof typeof PROBES, count: number): Promise<Inspected[]> {
  let tasks: Inspected[] = [];
  const allReady = async () => {
    tasks = await running(service);
    const answers = await Promise.all(tasks.map(({ Id }) => probe(Id, PROBES[service])));
    return tasks.length === count && answers.every(Boolean);
  };
  await until(allReady, `${count} tasks of ${service} to be ready`, READY_MS).catch(async (error: Error) => {
    const logs = await Promise.all(
      (await containersOf(`com.amazonaws.ecs.container-name=${service}`)).map(({ Id }) => docker('logs', '--tail', '20', Id)),
    );
    throw new Error(`${error.message}: ${logs.join('\n')}`);
  });
  return tasks;
}

function probe(id: string, socket: string): Promise<boolean> {
  return docker('exec', id, 'node', 'docker/probe.ts', socket).then(
    () => true,
    () => false,
  );
}

async function unchanged({ terraform, say }: Rig): Promise<void> {
  await terraform('plan', '-input=false', '-detailed-exitcode', '-var', 'tasks=1');
  say('a plan with the tasks running: no changes');
}

/** An operator is invited by mail, signs up through the load balancer, and every task knows the session. */
async function isReached({ ministack, say }: Rig, tasks: Inspected[]): Promise<void> {
  const { hostname, port } = new URL(ministack.environment['AWS_ENDPOINT_URL']!);
  // The domain has no record here: the balancer's own path leads there, and the listener is the one of that port.
  const balancer = { host: hostname, port, prefix: '/_alb/rookery', name: `${DOMAIN}:443` };
  const addresses = tasks.map(({ NetworkSettings }) => NetworkSettings.IPAddress);
  const at = (host: string, name = DOMAIN) => ({ host, port: '8080', prefix: '', name });
  // As a balancer asks for health: by address. Ministack asks for none.
  for (const each of addresses) {
    const { status } = await ask(at(each, `${each}:8080`), '/healthz');
    if (status !== 200) throw new Error(`${each} answered the balancer ${status}`);
  }
  const page = await ask(balancer, '/');
  if (!page.body.includes('<div id="root">')) throw new Error(`the console answered ${page.status}: ${page.body.slice(0, 200)}`);
  const signUp = (email: string, setup?: string) =>
    ask(balancer, '/auth/sign-up', {
      email,
      password: 'a long enough passphrase',
      name: 'Operator',
      ...(setup === undefined ? {} : { setup }),
    });
  const stranger = await signUp('stranger@example.com');
  if (stranger.status < 400) throw new Error('who was not invited signed up');
  // A task of its own, as `aws ecs run-task` starts one.
  const invite = ['node', 'services/provisioner/dist/operator.js', 'mail', 'invite', 'operator@example.com'];
  await docker('run', '--rm', '--env', `API_PRIVATE_URL=http://${addresses[0]}:9090`, APP_IMAGE, ...invite);
  let setup = '';
  const invited = async () => {
    setup = /sign-up\?setup=([\w.-]+)/.exec(await ministack.get('/_ministack/ses/messages'))?.[1] ?? '';
    return setup !== '';
  };
  await until(invited, 'the invitation to leave by SES', 30_000);
  const { status, body, cookie } = await signUp('operator@example.com', setup);
  if (status >= 400) throw new Error(`sign-up answered ${status}: ${body}`);
  for (const each of addresses) {
    const viewer = await ask(at(each), '/graphql', { query: '{ viewer { isOperator } }' }, cookie);
    if (!viewer.body.includes('"isOperator":true')) throw new Error(`the task at ${each} answered ${viewer.body}`);
  }
  say(`invited by SES, signed up through the load balancer as operator; ${tasks.length} tasks know the session`);
}

interface Answer {
  status: number;
  body: string;
  cookie: string;
}

/** As a browser that is at our page does, but by whatever address. */
function ask(
  to: { host: string; port: string; prefix: string; name: string },
  path: string,
  body: object | null = null,
  cookie = '',
): Promise<Answer> {
  const headers = { host: to.name, origin: `https://${DOMAIN}`, 'x-forwarded-proto': 'https', 'content-type': 'application/json', cookie };
  const options = { host: to.host, port: to.port, path: to.prefix + path, method: body === null ? 'GET' : 'POST', headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const given = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
      response.on('end', () => resolve({ status: response.statusCode!, body: text, cookie: given }));
    });
    outgoing.once('error', reject);
    outgoing.end(body === null ? undefined : JSON.stringify(body));
  });
}

async function diesAndIsReplaced({ Id }: Inspected): Promise<void> {
  await docker('kill', Id);
  await ready('api', 2);
}

/** The example as it is, with what the trial says besides. */
async function prepare(folder: string, { environment }: Ministack): Promise<Rig['terraform']> {
  cpSync(inRoot('infra/terraform/modules'), join(folder, 'modules'), { recursive: true });
  const stack = join(folder, 'examples', EXAMPLE);
  cpSync(inRoot('infra/terraform/examples', EXAMPLE), stack, { recursive: true });
  for (const name of ['trial.tf', 'trial_override.tf']) cpSync(inRoot('e2e/long/ministack', name), join(stack, name));
  const env = {
    ...environment,
    TF_CLI_CONFIG_FILE: await mirrorConfig(folder),
    TF_IN_AUTOMATION: '1',
    TF_VAR_endpoint: environment['AWS_ENDPOINT_URL']!,
  };
  const terraform = async (...args: string[]) => {
    const { ok, output } = await runStep(
      'terraform',
      [`-chdir=${stack}`, ...args, ...(args[0] === 'output' || args[0] === 'state' ? [] : ['-no-color'])],
      { env },
    );
    if (!ok) throw new Error(`terraform ${args.join(' ')}: ${linesOfChange(output) || output.slice(-4_000)}`);
    return output;
  };
  await terraform('init', '-input=false');
  return terraform;
}

/** Of a plan: which resources it changes, and by what. */
function linesOfChange(output: string): string {
  return output
    .split('\n')
    .filter((line) => /^ +(# \S+\.|[~+-] ).*|^Error/.test(line))
    .join('\n')
    .slice(0, 6_000);
}
