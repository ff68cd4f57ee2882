import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from './object-store.js';
import { objectStoreSchema, openObjectStore } from './open-object-store.js';
import { joined } from './test-support/joined.js';
import { motoForTests } from './test-support/moto.js';

const moto = await motoForTests();
const folder = mkdtempSync(join(tmpdir(), 'rk-objects-'));
const MIB = 1024 * 1024;
const s3 = () => new S3Client({ forcePathStyle: true });

async function* bytes(total: number, failsAt = Infinity): AsyncGenerator<Buffer> {
  for (let at = 0; at < total; at += 100_000) {
    if (at >= failsAt) throw new Error('the source broke');
    yield Buffer.alloc(Math.min(100_000, total - at), at / 100_000);
  }
}

beforeAll(async () => {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  if (moto !== null) await s3().send(new CreateBucketCommand({ Bucket: 'rookery-objects', CreateBucketConfiguration }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await moto?.stop();
});

describe.each([
  { place: 'a folder', url: folder, skip: false },
  { place: 'a bucket', url: 's3://rookery-objects/first', skip: moto === null },
])('objects in $place', ({ url, skip }) => {
  const store: ObjectStore = openObjectStore(url);

  it.skipIf(skip).each([0, 1, 3 * MIB, 20 * MIB])('of %i bytes are read back as they were written', async (total) => {
    await store.put('a/b/one', bytes(total));
    expect((await joined((await store.get('a/b/one'))!)).equals(await joined(bytes(total)))).toBe(true);
  });

  it.skipIf(skip)('are there whole or not at all: a source that breaks leaves what was there', async () => {
    await store.put('a/kept', bytes(10));
    for (const key of ['a/kept', 'a/new']) await expect(store.put(key, bytes(30 * MIB, 20 * MIB))).rejects.toThrow('the source broke');
    expect((await joined((await store.get('a/kept'))!)).length).toBe(10);
    expect(await store.get('a/new')).toBeNull();
    expect(await store.list('a/')).not.toContain('a/new');
  });

  it.skipIf(skip)('are listed by what they begin with, and are gone once they are removed', async () => {
    for (const key of ['x/1/a', 'x/1/b', 'x/2/a']) await store.put(key, bytes(1));
    expect((await store.list('x/1/')).toSorted()).toEqual(['x/1/a', 'x/1/b']);
    expect(await store.list('none/')).toEqual([]);
    await store.remove('x/1/a');
    await store.remove('x/1/a');
    expect((await store.list('x/')).toSorted()).toEqual(['x/1/b', 'x/2/a']);
    expect(await store.get('x/1/a')).toBeNull();
  });
});

describe('a folder of objects', () => {
  it('is its owner’s alone, names what was left half written, and takes no key that leads out of it', async () => {
    const store = openObjectStore(folder);
    await store.put('mine/one', bytes(1));
    expect(statSync(join(folder, 'mine/one')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'mine')).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, 'mine/two.half-1'), 'of one that died');
    for (const key of await store.list('mine/')) await store.remove(key);
    expect(() => statSync(join(folder, 'mine'))).toThrow();
    for (const key of ['../out', '/etc/out', '']) await expect(store.put(key, bytes(1))).rejects.toThrow('no key');
  });
});

describe.skipIf(moto === null)('a bucket of objects', () => {
  it('keeps no parts of an object that did not come to its end', async () => {
    const store = openObjectStore('s3://rookery-objects');
    await expect(store.put('half', bytes(30 * MIB, 20 * MIB))).rejects.toThrow('the source broke');
    expect((await s3().send(new ListMultipartUploadsCommand({ Bucket: 'rookery-objects' }))).Uploads ?? []).toEqual([]);
  });
});

it.each([
  ['s3://bucket', true],
  ['s3://bucket/folder', true],
  ['/var/lib/rookery/exports', true],
  ['relative/folder', false],
  ['s3://Bad_Bucket', false],
])('%s as a place of objects: %s', (place, accepted) => {
  expect(objectStoreSchema.safeParse(place).success).toBe(accepted);
});
