/** What this worker can make with Terraform, and compare. */
import type { Database } from '@rookery/db/pool';
import { Bucket } from '@rookery/service-kit/aws/s3';
import type { Envelope } from '@rookery/service-kit/envelope';
import { joinTokensOf } from '../drivers/aws/join-token.js';
import { AwsStacks } from '../drivers/terraform/aws-stacks.js';
import { DockerStacks } from '../drivers/terraform/docker-stacks.js';
import { BucketVault, PostgresVault } from '../drivers/terraform/state-vault.js';
import { Engine } from '../engine/engine.js';
import type { Config } from './config.js';

type Settings = Pick<
  Config,
  'DOCKER_HOST' | 'TERRAFORM_BIN' | 'TERRAFORM_SOURCE' | 'TERRAFORM_HOME' | 'ROOKERY_INSTALLATION' | 'ROOKERY_BUCKET'
>;

/** A kind is null where this worker has no folder for runs of Terraform, no keys, or no engine. */
export function stacksOf(
  config: Settings,
  db: Database,
  envelope: Envelope | null,
): { docker: DockerStacks | null; aws: AwsStacks | null } {
  const {
    DOCKER_HOST,
    TERRAFORM_BIN: binary,
    TERRAFORM_SOURCE: source,
    TERRAFORM_HOME: home,
    ROOKERY_INSTALLATION,
    ROOKERY_BUCKET: bucket,
  } = config;
  if (home === undefined || envelope === null) return { docker: null, aws: null };
  const inPostgres = new PostgresVault(db, envelope);
  const vault = bucket === undefined ? inPostgres : new BucketVault(new Bucket(bucket), envelope, inPostgres);
  const options = { binary, source, home, vault, db };
  return {
    docker: DOCKER_HOST === undefined ? null : new DockerStacks(options, new Engine(DOCKER_HOST), DOCKER_HOST),
    aws: new AwsStacks(options, ROOKERY_INSTALLATION, joinTokensOf(db)),
  };
}
