/**
 * The operator's command: `operator.js stack dep_… state list` opens the sealed state of a deployment's stack and runs
 * `terraform state list` (or `show …`) on a copy of it. Reads only; PROVISIONER_DATABASE_URL and KEK as for the worker.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@rookery/db/pool';
import { deploymentStacks } from '@rookery/db/schema/deployments';
import { readConfig, runMain } from '@rookery/service-kit/config';
import { Envelope } from '@rookery/service-kit/envelope';
import { writeDurably } from '@rookery/service-kit/files';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { statePlace } from './drivers/terraform/stack.js';
import { configSchema as workerSchema } from './worker/config.js';

const USAGE = 'Usage: npm run operator -- stack dep_… state list|show [address]';
const READING = ['list', 'show'];

const configSchema = z.object({
  PROVISIONER_DATABASE_URL: workerSchema.shape.PROVISIONER_DATABASE_URL,
  KEK: workerSchema.shape.KEK.unwrap(),
  TERRAFORM_BIN: workerSchema.shape.TERRAFORM_BIN,
});

runMain(async () => {
  const [what, deploymentId = '', noun, ...words] = process.argv.slice(2);
  if (what !== 'stack' || noun !== 'state' || !READING.includes(words[0] ?? '')) {
    console.error(USAGE);
    process.exit(2);
  }
  const config = readConfig(configSchema, process.env);
  const state = await openState(config, deploymentId);
  if (state === null) {
    console.error(`There is no stack of ${deploymentId}: it does not exist, or nothing of it is made by Terraform.`);
    process.exit(1);
  }
  const folder = mkdtempSync(join(tmpdir(), 'rookery-stack-'));
  try {
    const file = join(folder, 'terraform.tfstate');
    writeDurably(file, state);
    const [verb, ...rest] = words;
    const args = ['state', verb!, `-state=${file}`, ...rest];
    process.exitCode = spawnSync(config.TERRAFORM_BIN, args, { stdio: 'inherit', cwd: folder }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function openState(config: z.infer<typeof configSchema>, deploymentId: string): Promise<Buffer | null> {
  const db = openDatabase(config.PROVISIONER_DATABASE_URL, { applicationName: 'rookery-operator', connectionsMax: 1, onError: () => {} });
  try {
    const [row] = await db.select().from(deploymentStacks).where(eq(deploymentStacks.deploymentId, deploymentId));
    return row?.sealedState ? new Envelope(config.KEK).open(row.sealedState, statePlace(row)) : null;
  } finally {
    await db.$client.end();
  }
}
