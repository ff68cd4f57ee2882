import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateKeyCommand, DisableKeyCommand, EnableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InstallationKeys } from '@rookery/db/installation-keys';
import { type Database, openDatabase } from '@rookery/db/pool';
import { Envelope } from '@rookery/service-kit/envelope';
import { uuidOf } from '@rookery/service-kit/ids';
import { KeyRing } from '@rookery/service-kit/key-ring';
import { KmsRing } from '@rookery/service-kit/kms-ring';
import { keySettings } from '@rookery/service-kit/open-keys';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retire, rotate } from '../operator/keys.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { inKms } from './custody.js';

const moto = await motoForTests();
const NOWHERE = 'http://127.0.0.1:9';
const place = { organizationId: 'org_a', table: 'deployments', row: 'dep_a', field: 'sealed_pepper' };
const secret = Buffer.from('a secret');
/** Moto enables and disables by this only. */
const idOf = (arn: string) => arn.split('/')[1]!;

describe.skipIf(moto === null)('keys that AWS KMS guards', () => {
  let installation: Installation;
  let db: Database;
  let store: InstallationKeys;
  let kms: KMSClient;
  let arn: string;
  const rings: KmsRing[] = [];
  const newKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  const open = async (options: { arns?: string[]; installation?: string; older?: KeyRing } = {}) => {
    const ring = await KmsRing.open({ arns: [arn], installation: 'one', store, older: null, onError: () => {}, ...options });
    rings.push(ring);
    return ring;
  };

  beforeAll(async () => {
    installation = await startInstallation();
    db = openDatabase(installation.database.ownerUrl, { applicationName: 'test', onError: () => {} });
    // With the rights of a service.
    store = new InstallationKeys(installation.db);
    kms = new KMSClient();
  });
  beforeEach(async () => {
    await installation.sql('DELETE FROM installation_keys');
    arn = await newKey();
  });
  afterEach(() => {
    process.env['AWS_ENDPOINT_URL'] = moto!.url;
    for (const ring of rings.splice(0)) ring.close();
  });
  afterAll(async () => {
    await db.$client.end();
    await installation.close();
    await moto!.stop();
  });

  it('are made once by whoever starts first, and lie in the database only as KMS wrapped them', async () => {
    const all = await Promise.all([open(), open(), open()]);
    const rows = await installation.sql<{ id: string; wrapped: Buffer }>('SELECT id, wrapped FROM installation_keys');
    expect(rows).toHaveLength(1);
    const envelopes = all.map((ring) => new Envelope(ring));
    for (const one of envelopes) for (const other of envelopes) expect(other.open(one.seal(secret, place), place)).toEqual(secret);
    expect(rows[0]!.wrapped.includes(all[0]!.newest().key)).toBe(false);
  });

  it('serve a process that runs while KMS is away; one that starts then says what is wrong', async () => {
    const running = new Envelope(await open());
    const sealed = running.seal(secret, place);
    process.env['AWS_ENDPOINT_URL'] = NOWHERE;
    expect(running.open(sealed, place)).toEqual(secret);
    expect(running.open(running.seal(secret, place), place)).toEqual(secret);
    await expect(open()).rejects.toThrow(
      new RegExp(`ROOKERY_KEK: the installation's keys cannot be opened. AWS KMS refuses ${arn}: .*ECONNREFUSED`),
    );
  });

  it('cannot be opened while the KMS key is disabled, and can again when it is enabled', async () => {
    const running = new Envelope(await open());
    await kms.send(new DisableKeyCommand({ KeyId: idOf(arn) }));
    await expect(open()).rejects.toThrow(`${arn}: DisabledException`);
    const sealed = running.seal(secret, place);
    await kms.send(new EnableKeyCommand({ KeyId: idOf(arn) }));
    expect(new Envelope(await open()).open(sealed, place)).toEqual(secret);
  });

  it('are refused under another KMS key, under one that is not named, and for another installation', async () => {
    await open();
    const other = await newKey();
    await expect(open({ arns: [other] })).rejects.toThrow(`was wrapped by ${arn}, which ROOKERY_KEK does not name`);
    await expect(open({ installation: 'two' })).rejects.toThrow('InvalidCiphertextException');
    await installation.sql('UPDATE installation_keys SET kms_key_arn = $1', [other]);
    await expect(open({ arns: [arn, other] })).rejects.toThrow(`AWS KMS refuses ${other}: AccessDeniedException`);
    await installation.sql(`UPDATE installation_keys SET kms_key_arn = $1, id = 'abcdefabcdef'`, [arn]);
    await expect(open()).rejects.toThrow('the row was changed');
  });

  it('cannot be added or taken out by a service', async () => {
    await open();
    for (const statement of [
      `INSERT INTO installation_keys (id, kms_key_arn, wrapped) VALUES ('x', 'y', '')`,
      'DELETE FROM installation_keys',
    ])
      await expect(installation.db.$client.query(statement)).rejects.toThrow('permission denied');
    await installation.db.$client.query(`SELECT add_first_installation_key('x', 'y', '')`);
    expect((await store.list()).map(({ id }) => id)).not.toContain('x');
  });

  it('are rotated while two processes write, and the old ones go: no row is ever unreadable', { timeout: 90_000 }, async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rk-kms-')), 'kek');
    writeFileSync(file, randomBytes(32).toString('base64'));
    const owner = await installation.addOrganization();
    const placeOf = (row: string) => ({ ...place, organizationId: owner.organizationId, row });
    const peppers = new Map<string, { row: string; pepper: Buffer }>();
    const write = async (envelope: Envelope) => {
      const pepper = randomBytes(32);
      const row = await installation.addDeployment(owner, { sealPepper: (id) => envelope.seal(pepper, placeOf(id)) });
      peppers.set(uuidOf('deployment', row)!, { row, pepper });
    };
    const fromBefore = new Envelope(KeyRing.fromFile(file));
    for (let i = 0; i < 20; i++) await write(fromBefore);

    const older = () => KeyRing.fromFile(file);
    const processes = [new Envelope(await open({ older: older() })), new Envelope(await open({ older: older() }))];
    let writing = true;
    let reads = 0;
    const readAll = async () => {
      const rows = await installation.sql<{ id: string; sealed_pepper: string }>('SELECT id, sealed_pepper FROM deployments');
      for (const { id, sealed_pepper: sealed } of rows) {
        const written = peppers.get(id);
        // Written by the other one, who has not noted it yet.
        if (written === undefined) continue;
        for (const envelope of processes) expect(envelope.open(sealed, placeOf(written.row))).toEqual(written.pepper);
        reads++;
      }
    };
    const busy = Promise.all(
      processes.map(async (envelope) => {
        while (writing) {
          await write(envelope);
          await readAll();
          await sleep(250);
        }
      }),
    );
    const rotation = inKms({ db, arns: [arn], installation: 'one', file });
    await rotate(db, rotation, null);
    await retire(db, rotation, null);
    await rotate(db, rotation, null);
    await retire(db, rotation, null);
    writing = false;
    await busy;
    expect(reads).toBeGreaterThan(1_000);
    // One that starts now has the newest key only, and nothing from before KMS.
    processes.splice(0, 2, new Envelope(await open()));
    expect(await store.list()).toHaveLength(1);
    await readAll();
  });
});

it.each(['kms:', 'arn:aws:kms:eu-central-1:123456789012:key/a', 'kms:alias/rookery', 'kms:arn:aws:kms:eu-central-1:123456789012:key/a,b'])(
  'ROOKERY_KEK=%s is refused with what it must look like',
  (text) => {
    expect(keySettings.ROOKERY_KEK.safeParse(text).error!.issues[0]!.message).toContain('must be kms: and the ARN of a KMS key');
  },
);
