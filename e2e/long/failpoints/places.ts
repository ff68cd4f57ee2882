/** Where the deployments are whose worker is killed: on this machine, as processes and containers, and on AWS, which is moto. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { isAlive, type ProcessIdentity } from '@rookery/service-kit/processes';
import { motoEnvironment, motoForTests } from '@rookery/service-kit/test-support/moto';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { runStep } from '../../../scripts/lib/run-step.ts';
import { Api } from '../../support/api.ts';
import { type Boot, Cloud } from '../../support/cloud.ts';
import { CloudProcess } from '../../support/cloud-process.ts';
import { docker, managedBy } from '../../support/containers.ts';
import { freePorts, type RunningSystem, startSystem } from '../../support/system.ts';
import type { Kind } from './points.ts';
import { writeTerraformWrapper } from './terraform-wrapper.ts';

const INSTALLATION = 'failpoints';
const Bucket = 'rookery-failpoints';

/** The region of each kind, and how long all may take to be well again. */
export const PLACES: Record<Kind, { region: string; settleMs: number }> = {
  process: { region: 'local', settleMs: 120_000 },
  docker: { region: 'local-docker', settleMs: 120_000 },
  aws: { region: 'cloud', settleMs: 300_000 },
};

export interface Place {
  system: RunningSystem;
  api: Api;
  cloud: Cloud | null;
  close(): Promise<void>;
}

export async function onThisMachine(folder: string, failpointFile: string, withDocker: boolean): Promise<Place> {
  const terraform = writeTerraformWrapper(folder, process.env['TERRAFORM_BIN'] ?? 'terraform', failpointFile);
  const ports = await freePorts(50);
  const ofDocker = {
    ROOKERY_DOCKER: 'auto',
    DOCKER_HOST: process.env['DOCKER_HOST']!,
    TERRAFORM_BIN: terraform,
    ROOKERY_DOCKER_MQTT_PORTS: `${ports}-${ports + 49}`,
  };
  const system = await startSystem({ ROOKERY_FAILPOINT_FILE: failpointFile, ...(withDocker ? ofDocker : {}) });
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  if (withDocker) await api.untilRegion(PLACES.docker.region);
  const close = async () => {
    await system.stop();
    if (withDocker) for (const { Id } of await managedBy(system)) await docker('rm', '--force', Id);
    system.remove();
  };
  return { system, api, cloud: null, close };
}

/** States lie in a bucket, and KMS guards the keys: all of AWS that a worker can use is in the way of its death. */
export async function onAws(folder: string, failpointFile: string): Promise<Place> {
  const moto = await motoForTests();
  if (moto === null) throw new Error('Set MOTO_PYTHON to a Python that has moto (scripts/ci/moto.sh).');
  const boot: Boot = async (booted, before) => new CloudProcess(moto.url, booted, before as CloudProcess | null);
  const door = `127.0.0.1:${await freePorts(1)}`;
  const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({}));
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const cloud = new Cloud({ endpoint: moto.url, installation: INSTALLATION, bucket: Bucket }, boot);
  const system = await startSystem({
    ...motoEnvironment(moto),
    ROOKERY_AWS: 'on',
    ROOKERY_INSTALLATION: INSTALLATION,
    ROOKERY_KEK: `kms:${KeyMetadata!.Arn!}`,
    ROOKERY_BUCKET: `s3://${Bucket}`,
    ROOKERY_FAILPOINT_FILE: failpointFile,
    API_MACHINES_LISTEN: door,
    TERRAFORM_BIN: writeTerraformWrapper(folder, process.env['TERRAFORM_BIN'] ?? 'terraform', failpointFile),
    TF_CLI_CONFIG_FILE: await mirrorConfig(folder),
  });
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  const aws = await cloud.cell(`https://${door}`);
  await api.mutate('createCell', 'cell { id }', { regionId: PLACES.aws.region, name: 'aws-1', kind: 'AWS', aws });
  await api.untilRegion(PLACES.aws.region);
  const close = async () => {
    await cloud.close();
    await system.stop();
    system.remove();
    await moto.stop();
    // What comes after in this process shall not look for it.
    for (const name of Object.keys(motoEnvironment(moto))) delete process.env[name];
  };
  return { system, api, cloud, close };
}

/** A configuration of terraform that knows the provider of AWS from a mirror; returns its path. */
async function mirrorConfig(folder: string): Promise<string> {
  const { ok, output } = await runStep('bash', [inRoot('scripts/ci/aws-mirror.sh')]);
  if (!ok) throw new Error(output);
  const file = join(folder, 'aws.tfrc');
  const mirror = output.trim().split('\n').at(-1)!;
  writeFileSync(file, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  return file;
}

/** `kill -9` of what terraform runs in this run folder. */
export function endRuns(run: string): void {
  const stacks = join(run, 'infra/stacks');
  for (const name of existsSync(stacks) ? readdirSync(stacks) : []) {
    const file = join(stacks, name, 'running.json');
    const running = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity) : null;
    if (running !== null && isAlive(running)) process.kill(-running.pid, 'SIGKILL');
  }
}
