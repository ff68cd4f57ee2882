import { CreateBucketCommand, ListObjectVersionsCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { Bucket } from '@rookery/service-kit/aws/s3';
import { Envelope } from '@rookery/service-kit/envelope';
import { KeyRing } from '@rookery/service-kit/key-ring';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOlderStates, rewrapStates } from '../../keys/rewrap-states.js';
import { STACK_GONE } from '../../reconcile/steps.js';
import { type Installation, startInstallation } from '../../test-support/installation.js';
import { BucketVault, objectOf, PostgresVault, type StackKey } from './state-vault.js';

const moto = await motoForTests();
const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const state = (serial: number, secret = 'in the state') => Buffer.from(JSON.stringify({ serial, lineage: 'one', secret }));

describe.skipIf(moto === null)('states of Terraform in a bucket', () => {
  let installation: Installation;
  let owner: { organizationId: string; projectId: string };
  let s3: S3Client;
  const bucket = new Bucket('s3://rookery-states/first');
  const envelope = new Envelope(oldKey);
  const inPostgres = () => new PostgresVault(installation.db, envelope);
  const vault = () => new BucketVault(bucket, envelope, inPostgres());
  const newStack = async (): Promise<StackKey> => ({
    organizationId: owner.organizationId,
    deploymentId: await installation.addDeployment(owner),
  });

  beforeAll(async () => {
    installation = await startInstallation();
    owner = await installation.addOrganization();
    s3 = new S3Client({ forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: 'rookery-states', CreateBucketConfiguration }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: 'rookery-states', VersioningConfiguration: { Status: 'Enabled' } }));
  });
  afterAll(async () => {
    await installation.close();
    await moto!.stop();
  });

  it('are sealed, are read back, and are gone when they are removed', async () => {
    const key = await newStack();
    expect(await vault().read(key)).toBeNull();
    await vault().write(key, state(1));
    expect(await vault().read(key)).toEqual(state(1));
    expect(await bucket.read(objectOf(key))).not.toContain('in the state');
    await vault().write(key, state(2));
    await vault().remove(key);
    await vault().remove(key);
    expect(await vault().read(key)).toBeNull();
    // An operator can still bring back what was there, under the mark that it was removed.
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: 'rookery-states', Prefix: `first/${objectOf(key)}` }));
    expect(Versions).toHaveLength(3);
  });

  it('of a worker that was away never come back once they were removed', async () => {
    const [seen, never] = [await newStack(), await newStack()];
    await vault().write(seen, state(1));
    for (const key of [seen, never]) {
      await vault().remove(key);
      await expect(vault().write(key, state(9))).rejects.toThrow(/state of dep_\w+ was removed by another worker/);
      expect(await vault().read(key)).toBeNull();
    }
    // However the two meet: what is left is nothing.
    for (let round = 0; round < 8; round++) {
      const key = await newStack();
      if (round % 2 === 0) await vault().write(key, state(1));
      await Promise.allSettled([vault().write(key, state(2)), vault().remove(key), vault().write(key, state(3))]);
      expect(await vault().read(key)).toBeNull();
    }
    expect(await countOlderStates(bucket, envelope)).toBe(0);
  });

  it('of an old worker never replace newer ones, and of two at once the newer stays', async () => {
    const key = await newStack();
    await vault().write(key, state(7));
    await expect(vault().write(key, state(5))).rejects.toThrow(/newer state of dep_\w+ is kept \(serial 7, ours is 5\)/);
    expect(await vault().read(key)).toEqual(state(7));
    const writers = Array.from({ length: 6 }, (_, i) => vault().write(key, state(10 + i)));
    await Promise.allSettled(writers);
    const left = JSON.parse((await vault().read(key))!.toString()) as { serial: number };
    expect(left.serial).toBeGreaterThanOrEqual(10);
    await expect(vault().write(key, state(left.serial - 1))).rejects.toThrow('newer state');
  });

  it('cannot be opened where another deployment’s lies in their place', async () => {
    const [one, other] = [await newStack(), await newStack()];
    await vault().write(one, state(1));
    await bucket.write(objectOf(other), (await bucket.read(objectOf(one)))!, { metadata: { serial: '1' }, over: null });
    await expect(vault().read(other)).rejects.toThrow();
    await bucket.remove(objectOf(other));
  });

  it('move out of Postgres at their next change', async () => {
    const key = await newStack();
    await inPostgres().write(key, state(3));
    expect(await vault().read(key)).toEqual(state(3));
    await vault().write(key, state(4));
    expect(await inPostgres().read(key)).toBeNull();
    expect(await vault().read(key)).toEqual(state(4));
  });

  it('are sealed anew by a rotation, which older states hold up until then', async () => {
    const key = await newStack();
    await vault().write(key, state(1));
    const rotating = new Envelope(KeyRing.of([newKey, oldKey]));
    expect(await countOlderStates(bucket, rotating)).toBeGreaterThan(0);
    await rewrapStates(bucket, rotating);
    expect(await countOlderStates(bucket, rotating)).toBe(0);
    expect(await new BucketVault(bucket, new Envelope(newKey), inPostgres()).read(key)).toEqual(state(1));
    // Its serial stays: an old worker is still refused.
    await expect(new BucketVault(bucket, rotating, inPostgres()).write(key, state(0))).rejects.toThrow('newer state');
  });
});

describe('states of Terraform in Postgres', () => {
  let installation: Installation;
  const envelope = new Envelope(oldKey);
  beforeAll(async () => {
    installation = await startInstallation();
  });
  afterAll(() => installation.close());

  it('of a worker that was away neither replace newer ones nor come back once they were removed', async () => {
    const owner = await installation.addOrganization();
    const key = { organizationId: owner.organizationId, deploymentId: await installation.addDeployment(owner) };
    const vault = new PostgresVault(installation.db, envelope);
    await vault.write(key, state(7));
    await expect(vault.write(key, state(5))).rejects.toThrow('newer state');
    expect(await vault.read(key)).toEqual(state(7));
    await vault.remove(key);
    await installation.sql('UPDATE deployment_stacks SET generation = $1', [STACK_GONE]);
    await expect(vault.write(key, state(9))).rejects.toThrow('was removed');
    await installation.sql('DELETE FROM deployments');
    await expect(vault.write(key, state(9))).rejects.toThrow('was removed');
    expect(await installation.sql('SELECT 1 FROM deployment_stacks')).toEqual([]);
  });
});
