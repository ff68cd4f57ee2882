/**
 * The operator's command.
 * `operator.js stack dep_… state list` opens the sealed state of a deployment's stack and runs `terraform state list` (or
 * `show …`) on a copy of it. Reads only; PROVISIONER_DATABASE_URL and KEK as for the worker.
 * `operator.js keys rotate` puts a new key first in KEK_FILE and seals everything anew with it; `keys retire` takes the
 * older ones out once nothing needs them. DATABASE_URL (owner) and KEK_FILE.
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
import { KeyRing } from '@rookery/service-kit/key-ring';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { statePlace } from './drivers/terraform/stack.js';
import { addKey, countOlder, dropOlderKeys, rewrap } from './keys/rewrap.js';
import { configSchema as workerSchema } from './worker/config.js';

const USAGE = 'Usage: npm run operator -- stack dep_… state list|show [address]\n       npm run operator -- keys rotate|retire';
const READING = ['list', 'show'];

const configSchema = z.object({
  PROVISIONER_DATABASE_URL: workerSchema.shape.PROVISIONER_DATABASE_URL,
  KEK: workerSchema.shape.KEK.unwrap(),
  KEK_FILE: workerSchema.shape.KEK_FILE,
  TERRAFORM_BIN: workerSchema.shape.TERRAFORM_BIN,
});

const keysSchema = z.object({ DATABASE_URL: z.url(), KEK_FILE: z.string().min(1) });
/** Longer than a running process takes to see the new key. */
const TAKEN_UP_MS = 2_000;

runMain(async () => {
  const [what, deploymentId = '', noun, ...words] = process.argv.slice(2);
  if (what === 'keys' && ['rotate', 'retire'].includes(deploymentId)) return keys(deploymentId);
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
    return row?.sealedState ? new Envelope(KeyRing.open(config)).open(row.sealedState, statePlace(row)) : null;
  } finally {
    await db.$client.end();
  }
}

async function keys(verb: string): Promise<void> {
  const { DATABASE_URL, KEK_FILE } = readConfig(keysSchema, process.env);
  const db = openDatabase(DATABASE_URL, { applicationName: 'rookery-operator', connectionsMax: 1, onError: () => {} });
  try {
    if (verb === 'rotate') {
      addKey(KEK_FILE);
      await new Promise((wake) => setTimeout(wake, TAKEN_UP_MS));
    }
    const envelope = new Envelope(KeyRing.fromFile(KEK_FILE));
    if (verb === 'rotate') console.log(`${await rewrap(db, envelope)} secrets were sealed anew.`);
    const left = await countOlder(db, envelope);
    if (left > 0) throw new Error(`${left} secrets need an older key. Run "keys rotate" again; nothing is lost.`);
    if (verb === 'retire') dropOlderKeys(KEK_FILE);
    console.log(verb === 'retire' ? 'Only the newest key is left.' : 'No secret needs an older key. "keys retire" takes them out.');
  } finally {
    await db.$client.end();
  }
}
