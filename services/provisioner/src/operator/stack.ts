/** `operator.js stack dep_… state list`: opens the sealed state of a deployment's stack and reads in a copy of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstallationKeys } from '@rookery/db/installation-keys';
import { openDatabase } from '@rookery/db/pool';
import { deploymentStacks } from '@rookery/db/schema/deployments';
import { loadConfig } from '@rookery/service-kit/load-config';
import { Bucket } from '@rookery/service-kit/aws/s3';
import { Envelope } from '@rookery/service-kit/envelope';
import { writeDurably } from '@rookery/service-kit/files';
import { keySettings, openKeys } from '@rookery/service-kit/open-keys';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { BucketVault, PostgresVault } from '../drivers/terraform/state-vault.js';
import { configSchema as workerSchema } from '../worker/config.js';

const configSchema = z.object({
  ...keySettings,
  PROVISIONER_DATABASE_URL: workerSchema.shape.PROVISIONER_DATABASE_URL,
  TERRAFORM_BIN: workerSchema.shape.TERRAFORM_BIN,
  ROOKERY_BUCKET: workerSchema.shape.ROOKERY_BUCKET,
});

/** Reads only. `words`: what follows `terraform state`. Resolves to the exit code. */
export async function stackCommand(deploymentId: string, words: readonly string[]): Promise<number> {
  const config = await loadConfig(configSchema, process.env);
  const state = await openState(config, deploymentId);
  if (state === null) {
    console.error(`There is no stack of ${deploymentId}: it does not exist, or nothing of it is made by Terraform.`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rookery-stack-'));
  try {
    const file = join(folder, 'terraform.tfstate');
    writeDurably(file, state);
    const [verb, ...rest] = words;
    const args = ['state', verb!, `-state=${file}`, ...rest];
    return spawnSync(config.TERRAFORM_BIN, args, { stdio: 'inherit', cwd: folder }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function openState(config: z.infer<typeof configSchema>, deploymentId: string): Promise<Buffer | null> {
  const db = openDatabase(config.PROVISIONER_DATABASE_URL, { applicationName: 'rookery-operator', connectionsMax: 1, onError: () => {} });
  const opened = await openKeys(config, new InstallationKeys(db), () => {});
  try {
    if (opened === null) throw new Error('Give the keys of the installation: KEK_FILE, or ROOKERY_KEK.');
    const [row] = await db.select().from(deploymentStacks).where(eq(deploymentStacks.deploymentId, deploymentId));
    if (row === undefined) return null;
    const envelope = new Envelope(opened.keys);
    const inPostgres = new PostgresVault(db, envelope);
    const { ROOKERY_BUCKET: bucket } = config;
    return await (bucket === undefined ? inPostgres : new BucketVault(new Bucket(bucket), envelope, inPostgres)).read(row);
  } finally {
    opened?.close();
    await db.$client.end();
  }
}
