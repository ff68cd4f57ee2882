/**
 * `operator.js keys rotate`, killed with `kill -9` at random moments while tenants write: whatever it left half done, every
 * row stays readable for those that run, and the next rotation comes to its end. Keys in a file, and keys that AWS KMS guards.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { InstallationKeys } from '@rookery/db/installation-keys';
import { Bucket } from '@rookery/service-kit/aws/s3';
import { Envelope } from '@rookery/service-kit/envelope';
import { uuidOf } from '@rookery/service-kit/ids';
import { KeyRing, type KeySource } from '@rookery/service-kit/key-ring';
import { KmsRing } from '@rookery/service-kit/kms-ring';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BucketVault, PostgresVault } from '../drivers/terraform/state-vault.js';
import { type Installation, startInstallation } from '../test-support/installation.js';

const OPERATOR = join(import.meta.dirname, '../../dist/operator.js');
/** At least; and until one was amid the rows. */
const KILLS = Number(process.env['ROTATION_KILLS'] ?? 2);
const ROWS = 300;
const STATES = 6;
const moto = await motoForTests();

afterAll(async () => moto?.stop());

describe.each(['a file', 'AWS KMS'] as const)('a rotation of keys of %s that is killed again and again', (custody) => {
  const inKms = custody === 'AWS KMS';
  const needs = inKms && moto === null;
  let installation: Installation;
  let owner: { organizationId: string; projectId: string };
  let settings: Record<string, string>;
  let openRing: () => Promise<KeySource>;
  const secrets = new Map<string, { row: string; pepper: Buffer; state: Buffer | null }>();
  const rings: KmsRing[] = [];
  const bucket = new Bucket('s3://rookery-killed/first');

  const placeOf = (row: string) => ({ organizationId: owner.organizationId, table: 'deployments', row, field: 'sealed_pepper' });
  const vaultOf = (envelope: Envelope) => {
    const inPostgres = new PostgresVault(installation.db, envelope);
    return inKms ? new BucketVault(bucket, envelope, inPostgres) : inPostgres;
  };
  const write = async (envelope: Envelope, withState = false) => {
    const pepper = randomBytes(32);
    const row = await installation.addDeployment(owner, { sealPepper: (id) => envelope.seal(pepper, placeOf(id)) });
    const state = withState ? Buffer.from(JSON.stringify({ serial: 1, of: row })) : null;
    if (state !== null) await vaultOf(envelope).write({ organizationId: owner.organizationId, deploymentId: row }, state);
    secrets.set(uuidOf('deployment', row)!, { row, pepper, state });
  };
  /** How many were read; one that cannot be throws. */
  const readAll = async (envelope: Envelope): Promise<number> => {
    const rows = await installation.sql<{ id: string; sealed_pepper: string }>('SELECT id, sealed_pepper FROM deployments');
    let count = 0;
    for (const { id, sealed_pepper: sealed } of rows) {
      const written = secrets.get(id);
      if (written === undefined) continue;
      expect(envelope.open(sealed, placeOf(written.row))).toEqual(written.pepper);
      const key = { organizationId: owner.organizationId, deploymentId: written.row };
      if (written.state !== null) expect(await vaultOf(envelope).read(key)).toEqual(written.state);
      count++;
    }
    return count;
  };
  const operator = (verb: string): ChildProcess =>
    spawn(process.execPath, [OPERATOR, 'keys', verb], {
      env: { ...process.env, NODE_OPTIONS: '', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const finished = async (verb: string): Promise<string> => {
    const child = operator(verb);
    let output = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((done) => child.once('close', done));
    expect(code, output).toBe(0);
    return output;
  };
  /** How many of the rows from the start each key has sealed. */
  const sealedBy = async () =>
    installation.sql<{ key: string; rows: number }>(
      `SELECT split_part(sealed_pepper, '.', 2) AS key, count(*)::int AS rows FROM deployments WHERE id = ANY ($1) GROUP BY key ORDER BY key`,
      [[...secrets.keys()].slice(0, ROWS)],
    );

  beforeAll(async () => {
    if (needs) return;
    expect(existsSync(OPERATOR), 'run the build first').toBe(true);
    installation = await startInstallation();
    owner = await installation.addOrganization();
    const common = { DATABASE_URL: installation.database.ownerUrl, LOG_LEVEL: 'silent' };
    if (inKms) {
      const arn = (await new KMSClient().send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
      const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
      await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'rookery-killed', CreateBucketConfiguration }));
      settings = { ...common, ROOKERY_KEK: `kms:${arn}`, ROOKERY_INSTALLATION: 'killed', ROOKERY_BUCKET: 's3://rookery-killed/first' };
      const store = new InstallationKeys(installation.db);
      openRing = async () => {
        const ring = await KmsRing.open({ arns: [arn], installation: 'killed', store, older: null, onError: () => {} });
        rings.push(ring);
        return ring;
      };
    } else {
      const file = join(mkdtempSync(join(tmpdir(), 'rk-killed-')), 'kek');
      writeFileSync(file, randomBytes(32).toString('base64'));
      settings = { ...common, KEK_FILE: file };
      openRing = async () => KeyRing.fromFile(file);
    }
  });
  afterAll(async () => {
    for (const ring of rings) ring.close();
    await installation?.close();
  });

  it.skipIf(needs)('leaves no row unreadable, no key too many, and comes to its end', { timeout: 120_000 + KILLS * 30_000 }, async () => {
    const running = [new Envelope(await openRing()), new Envelope(await openRing())];
    for (let i = 0; i < ROWS; i++) await write(running[0]!, i < STATES);
    let writing = true;
    const busy = Promise.all(
      running.map(async (envelope) => {
        for (; writing; await sleep(100)) await write(envelope);
      }),
    );
    const keysSeen = new Set<string>();
    let inTheMiddle = 0;
    let kills = 0;
    for (; kills < KILLS || inTheMiddle === 0; kills++) {
      const before = JSON.stringify(await sealedBy());
      const victim = operator('rotate');
      const ended = new Promise((done) => victim.once('exit', done));
      // Every other death, from the first, is in the midst of the rows; the others are anywhere.
      if (kills % 2 === 1) await sleep(randomInt(inKms ? 6_000 : 3_000));
      else {
        while (victim.exitCode === null && JSON.stringify(await sealedBy()) === before) await sleep(5);
        await sleep(randomInt(40));
      }
      victim.kill('SIGKILL');
      await ended;
      const now = await sealedBy();
      if (now.length > 1) inTheMiddle++;
      for (const { key } of now) keysSeen.add(key);
      for (const envelope of running) expect(await readAll(envelope)).toBeGreaterThanOrEqual(ROWS);
    }
    expect(await finished('rotate')).toContain('No secret needs an older key');
    expect(await finished('retire')).toContain('Only the newest key is left');
    writing = false;
    await busy;
    expect(await sealedBy()).toHaveLength(1);
    const fresh = new Envelope(await openRing());
    for (const envelope of [...running, fresh]) expect(await readAll(envelope)).toBe(secrets.size);
    process.stderr.write(
      `${custody}: ${kills} kills, ${inTheMiddle} amid the rows, ${secrets.size} secrets, ${keysSeen.size} keys, 0 unreadable\n`,
    );
  });
});
