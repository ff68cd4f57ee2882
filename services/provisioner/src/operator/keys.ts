/** `operator.js keys rotate|retire`, for keys in a file and for keys that AWS KMS guards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '@rookery/db/pool';
import { loadConfig } from '@rookery/service-kit/load-config';
import { Bucket, bucketUrlSchema } from '@rookery/service-kit/aws/s3';
import type { Envelope } from '@rookery/service-kit/envelope';
import { keySettings } from '@rookery/service-kit/open-keys';
import { z } from 'zod';
import { type Custody, inFile, inKms } from '../keys/custody.js';
import { countOlder, rewrap } from '../keys/rewrap.js';
import { countOlderStates, rewrapStates } from '../keys/rewrap-states.js';

const configSchema = z
  .object({
    DATABASE_URL: z.url(),
    KEK_FILE: keySettings.KEK_FILE,
    ROOKERY_KEK: keySettings.ROOKERY_KEK,
    ROOKERY_INSTALLATION: keySettings.ROOKERY_INSTALLATION,
    ROOKERY_BUCKET: bucketUrlSchema.optional(),
  })
  .refine(({ KEK_FILE, ROOKERY_KEK }) => KEK_FILE !== undefined || ROOKERY_KEK !== undefined, {
    path: ['KEK_FILE'],
    message: 'is needed: the file of the keys; or ROOKERY_KEK, the key of AWS KMS',
  });

export async function keysCommand(verb: 'rotate' | 'retire'): Promise<void> {
  const config = await loadConfig(configSchema, process.env);
  const db = openDatabase(config.DATABASE_URL, { applicationName: 'rookery-operator', connectionsMax: 2, onError: () => {} });
  try {
    const { ROOKERY_KEK: arns, ROOKERY_INSTALLATION: installation, KEK_FILE: file } = config;
    const custody = arns === undefined ? inFile(file!) : inKms({ db, arns, installation, file });
    const bucket = config.ROOKERY_BUCKET === undefined ? null : new Bucket(config.ROOKERY_BUCKET);
    await (verb === 'rotate' ? rotate(db, custody, bucket) : retire(db, custody, bucket));
  } finally {
    await db.$client.end();
  }
}

/**
 * A new key, known to every process before it seals; then all that older keys have sealed is sealed anew. A rotation that
 * died is gone on with, by the key that it has made: else each death would leave one more.
 */
export async function rotate(db: Database, custody: Custody, bucket: Bucket | null): Promise<void> {
  if (await hasDied(db, custody, bucket))
    console.log('Older keys are needed still: all is sealed anew with the newest, and no other is made.');
  else await custody.add();
  await sleep(custody.takenUpMs);
  await custody.use(async (envelope) => {
    const states = bucket === null ? 0 : await rewrapStates(bucket, envelope);
    console.log(`${(await rewrap(db, envelope)) + states} secrets were sealed anew.`);
    refuse(await countAll(db, bucket, envelope));
  });
  console.log('No secret needs an older key. "keys retire" takes them out.');
}

/** Takes the older keys out, once nobody seals with them and nothing needs them. */
export async function retire(db: Database, custody: Custody, bucket: Bucket | null): Promise<void> {
  const older = await custody.startRetiring();
  await custody.use(async (envelope) => refuse(await countAll(db, bucket, envelope)));
  await custody.remove(older);
  console.log(`Only the newest key is left.${custody.hint}`);
}

async function hasDied(db: Database, custody: Custody, bucket: Bucket | null): Promise<boolean> {
  let left = 0;
  if (await custody.goesOn())
    await custody.use(async (envelope) => {
      left = await countAll(db, bucket, envelope);
    });
  return left > 0;
}

async function countAll(db: Database, bucket: Bucket | null, envelope: Envelope): Promise<number> {
  return (await countOlder(db, envelope)) + (bucket === null ? 0 : await countOlderStates(bucket, envelope));
}

function refuse(left: number): void {
  if (left > 0) throw new Error(`${left} secrets need an older key. Run "keys rotate" again; nothing is lost.`);
}
