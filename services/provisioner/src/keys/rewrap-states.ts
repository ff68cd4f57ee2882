/** Rotation of keys for states of Terraform that lie in a bucket; like rewrap.ts for rows. */
import { type Bucket, ObjectChanged } from '@rookery/service-kit/aws/s3';
import type { Envelope } from '@rookery/service-kit/envelope';
import { isRemoved, keyOf, STATES_FOLDER, statePlace } from '../drivers/terraform/state-vault.js';

/** Seals anew what older keys have sealed; what changes meanwhile is sealed with the newest by whoever changes it. */
export async function rewrapStates(bucket: Bucket, envelope: Envelope): Promise<number> {
  let count = 0;
  for (const { object, version, metadata } of await older(bucket, envelope)) {
    const sealed = await bucket.read(object);
    const key = keyOf(object);
    if (sealed === null || key === null) continue;
    const body = envelope.seal(envelope.open(sealed, statePlace(key)), statePlace(key));
    try {
      await bucket.write(object, body, { metadata: { ...metadata, key: envelope.newestId }, over: version });
      count++;
    } catch (error) {
      if (!(error instanceof ObjectChanged)) throw error;
    }
  }
  return count;
}

/** States that need an older key. */
export async function countOlderStates(bucket: Bucket, envelope: Envelope): Promise<number> {
  return (await older(bucket, envelope)).length;
}

async function older(bucket: Bucket, envelope: Envelope) {
  const found = [];
  for (const object of await bucket.list(STATES_FOLDER)) {
    const there = await bucket.look(object);
    if (there === null || keyOf(object) === null || isRemoved(there.metadata)) continue;
    if (there.metadata['key'] !== envelope.newestId) found.push({ object, ...there });
  }
  return found;
}
