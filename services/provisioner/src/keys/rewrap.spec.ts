import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@rookery/db/pool';
import { Envelope } from '@rookery/service-kit/envelope';
import { uuidOf } from '@rookery/service-kit/ids';
import { KeyRing } from '@rookery/service-kit/key-ring';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { inFile } from './custody.js';
import { countOlder, rewrap } from './rewrap.js';

const file = join(mkdtempSync(join(tmpdir(), 'rk-rotate-')), 'kek');
const peppers = new Map<string, Buffer>();
let installation: Installation;
let owner: { organizationId: string; projectId: string };
let db: Database;
/** A process that runs all the while. */
let running: Envelope;

const placeOf = (row: string) => ({ organizationId: owner.organizationId, table: 'deployments', row, field: 'sealed_pepper' });
async function write(): Promise<void> {
  const pepper = randomBytes(32);
  const id = await installation.addDeployment(owner, { sealPepper: (row) => running.seal(pepper, placeOf(row)) });
  peppers.set(id, pepper);
}
const AUTHORITY = { organizationId: '', table: 'machine_authority', row: 'machines', field: 'sealed_key' };
async function expectAllReadable(envelope: Envelope): Promise<void> {
  const rows = await installation.sql<{ id: string; sealed_pepper: string }>('SELECT id, sealed_pepper FROM deployments');
  const byUuid = new Map(rows.map((row) => [row.id, row.sealed_pepper]));
  expect(byUuid.size).toBe(peppers.size);
  for (const [id, pepper] of peppers) expect(envelope.open(byUuid.get(uuidOf('deployment', id)!)!, placeOf(id))).toEqual(pepper);
  const [authority] = await installation.sql<{ sealed_key: string }>('SELECT sealed_key FROM machine_authority');
  expect(envelope.open(authority!.sealed_key, AUTHORITY).toString()).toBe('of the machine CA');
}

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
  db = openDatabase(installation.database.ownerUrl, { applicationName: 'test', onError: () => {} });
  writeFileSync(file, randomBytes(32).toString('base64'));
  running = new Envelope(KeyRing.fromFile(file));
  for (let i = 0; i < 250; i++) await write();
  await installation.sql(
    `INSERT INTO idempotency_keys (organization_id, key, mutation, request_hash, sealed_secret) VALUES ($1, 'k', 'createCredential', 'h', $2)`,
    [
      uuidOf('organization', owner.organizationId),
      running.seal(Buffer.from('shown once'), { ...placeOf('createCredential k'), table: 'idempotency_keys', field: 'sealed_secret' }),
    ],
  );
  await installation.sql(`INSERT INTO machine_authority (id, certificate, sealed_key) VALUES ('machines', 'pem', $1)`, [
    running.seal(Buffer.from('of the machine CA'), AUTHORITY),
  ]);
});
afterAll(async () => {
  await db.$client.end();
  await installation.close();
});

it('rotates the keys while others write and after a death in the middle: no row is ever unreadable', async () => {
  await inFile(file).add();
  const rotating = new Envelope(KeyRing.fromFile(file));
  expect(await countOlder(db, rotating)).toBe(252);
  const dies = new AbortController();
  const first = rewrap(db, rotating, dies.signal);
  const before = [...peppers.keys()].map((id) => uuidOf('deployment', id));
  const sealedAnew = () =>
    installation.sql('SELECT 1 FROM deployments WHERE sealed_pepper LIKE $1 AND id = ANY($2)', [`${rotating.newestPrefix}%`, before]);
  while ((await sealedAnew()).length === 0) await write();
  dies.abort();
  for (let i = 0; i < 20; i++) await write();
  const done = await first;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(251);
  await expectAllReadable(running);
  await expectAllReadable(rotating);

  const writing = (async () => {
    for (let i = 0; i < 40; i++) await write();
  })();
  await rewrap(db, rotating);
  await writing;
  await rewrap(db, rotating);
  expect(await countOlder(db, rotating)).toBe(0);
  await expectAllReadable(running);

  await inFile(file).remove([]);
  await expectAllReadable(new Envelope(KeyRing.fromFile(file)));
  await write();
  await expectAllReadable(running);
});
