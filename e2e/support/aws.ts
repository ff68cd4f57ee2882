/** What a system needs of AWS, which is moto here: an endpoint, a key in KMS, a bucket of states, and terraform's provider from a mirror. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { type Moto, motoEnvironment, motoForTests } from '@rookery/service-kit/test-support/moto';
import { inRoot } from '../../scripts/lib/paths.ts';
import { outputOf } from '../../scripts/lib/run-step.ts';
import { Api } from './api.ts';
import { type Boot, Cloud } from './cloud.ts';
import { freePorts, type RunningSystem, startSystem } from './system.ts';

/** Where deployments of the cell of kind aws go. */
export const AWS_REGION_ID = 'cloud';

export interface OnAws {
  system: RunningSystem;
  /** Of the operator. */
  api: Api;
  cloud: Cloud;
  moto: Moto;
  close(): Promise<void>;
}

export interface OnAwsOptions {
  /** Name towards AWS, and of the bucket. */
  installation: string;
  folder: string;
  /** Address at which moto and the door for machines listen: machines reach them there. */
  host: string;
  boot: (moto: Moto) => Boot;
  environment?: Record<string, string>;
}

/** States lie in a bucket, and KMS guards the keys: all of AWS that a worker can use. */
export async function startOnAws({ installation, folder, host, boot, environment = {} }: OnAwsOptions): Promise<OnAws> {
  const undo: (() => unknown)[] = [];
  const close = async () => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const moto = await startMoto(host);
    undo.push(() => stopMoto(moto));
    const bucket = `rookery-${installation}`;
    const cloud = new Cloud({ endpoint: moto.url, installation, bucket }, boot(moto));
    undo.push(() => cloud.close());
    const door = `${host}:${await freePorts(1)}`;
    const system = await startSystem({
      ...motoEnvironment(moto),
      ROOKERY_AWS: 'on',
      ROOKERY_INSTALLATION: installation,
      ROOKERY_KEK: `kms:${await makeKey()}`,
      ROOKERY_BUCKET: `s3://${await makeBucket(bucket)}`,
      API_MACHINES_LISTEN: door,
      TF_CLI_CONFIG_FILE: await mirrorConfig(folder),
      ...environment,
    });
    undo.push(
      () => system.remove(),
      () => system.stop(),
    );
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    const aws = await cloud.cell(`https://${door}`);
    await api.mutate('createCell', 'cell { id }', { regionId: AWS_REGION_ID, name: 'aws-1', kind: 'AWS', aws });
    await api.untilRegion(AWS_REGION_ID);
    return { system, api, cloud, moto, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** This process takes it for AWS from now on, until {@link stopMoto}. */
export async function startMoto(host: string): Promise<Moto> {
  const moto = await motoForTests(host);
  if (moto === null) throw new Error('Set MOTO_PYTHON to a Python that has moto (scripts/ci/moto.sh).');
  return moto;
}

export async function stopMoto(moto: Moto): Promise<void> {
  await moto.stop();
  // What comes after in this process shall not look for it.
  for (const name of Object.keys(motoEnvironment(moto))) delete process.env[name];
}

async function makeKey(): Promise<string> {
  const { KeyMetadata } = await new KMSClient().send(new CreateKeyCommand({}));
  return KeyMetadata!.Arn!;
}

async function makeBucket(Bucket: string): Promise<string> {
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  return Bucket;
}

/** A configuration of terraform that knows the provider of AWS from a mirror; returns its path. */
export async function mirrorConfig(folder: string): Promise<string> {
  const output = await outputOf('bash', [inRoot('scripts/ci/aws-mirror.sh')]);
  const file = join(folder, 'aws.tfrc');
  const mirror = output.trim().split('\n').at(-1)!;
  writeFileSync(file, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  return file;
}
