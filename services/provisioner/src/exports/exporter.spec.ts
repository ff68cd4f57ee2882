import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { auditLineSchema, exportFolder, exportObject, meterLineSchema, sampleLineSchema } from '@rookery/contracts/exports';
import { openDatabase } from '@rookery/db/pool';
import { asOrganization } from '@rookery/db/transactions';
import { Envelope } from '@rookery/service-kit/envelope';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import type { ObjectStore } from '@rookery/service-kit/object-store';
import { openObjectStore } from '@rookery/service-kit/open-object-store';
import { joined } from '@rookery/service-kit/test-support/joined';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { sql as query } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addExport, addWrites, exportRow, linesOf } from '../test-support/exports.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { Exporter, type ExporterOptions } from './exporter.js';
import { pagesOf } from './lines.js';

const moto = await motoForTests();
const folder = mkdtempSync(join(tmpdir(), 'rk-exports-'));
const log = createLogger('test', 'silent');
const envelope = new Envelope(Buffer.alloc(32, 3));
const ROWS = 20_000;
const PAGE_ROWS = 500;

let installation: Installation;
let owner: { organizationId: string; projectId: string };
let other: { organizationId: string; projectId: string };

beforeAll(async () => {
  installation = await startInstallation();
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  if (moto !== null)
    await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'rookery-exports', CreateBucketConfiguration }));
});
afterEach(async () => void (await installation.sql('DELETE FROM exports')));
afterAll(async () => {
  await installation.close();
  await moto?.stop();
  rmSync(folder, { recursive: true });
});

const exporterOf = (store: ObjectStore, options?: ExporterOptions) => new Exporter(installation.db, store, envelope, log, options);
const due = (id: string) => installation.sql('UPDATE exports SET due_at = now() WHERE id = $1', [uuidOf('export', id)]);

describe.each([
  { place: 'a folder', url: folder, skip: false },
  { place: 'a bucket', url: 's3://rookery-exports/first', skip: moto === null },
])('exports in $place', ({ url, skip }) => {
  const store = openObjectStore(url);
  const keyOf = (exportId: string) => ({ organizationId: owner.organizationId, exportId });
  const make = async (options: Parameters<typeof addExport>[2] = {}) => {
    const id = await addExport(installation, owner.organizationId, options);
    await exporterOf(store).makeDue();
    return { id, lines: await linesOf(installation, { store, envelope }, keyOf(id)) };
  };

  beforeAll(async () => {
    [owner, other] = [await installation.addOrganization(), await installation.addOrganization()];
    await addWrites(installation, owner.organizationId, 1_203, 'key_ours');
    await addWrites(installation, other.organizationId, 10, 'key_theirs');
  });

  it.skipIf(skip)('of the audit log hold every write of the range once, in order, of this organization alone', async () => {
    const { id, lines } = await make({ from: '2020-01-01T00:00:10Z', to: '2020-01-01T00:20:00Z' });
    expect(lines.map(({ after }) => after.n)).toEqual(Array.from({ length: 1_190 }, (_, i) => i + 10));
    expect(new Set(lines.map(({ actor }) => actor))).toEqual(new Set(['key_ours']));
    for (const line of lines) auditLineSchema.parse(line);
    expect(lines[0]).toMatchObject({
      type: 'AUDIT',
      at: '2020-01-01T00:00:10.000Z',
      action: 'createProject',
      subject: 'prj_10',
      before: null,
    });
    expect(await exportRow(installation, id)).toMatchObject({ state: 'READY', rows: 1_190, attempts: 1, error_code: null });
  });

  it.skipIf(skip)('of usage hold the samples of the range and the meters that have counted since its beginning', async () => {
    for (const { organizationId, projectId } of [owner, other]) {
      const deployment = uuidOf('deployment', await installation.addDeployment({ organizationId, projectId }));
      const counters = `{"messagesReceived":7,"messagesSent":1,"messagesDropped":0,"bytesReceived":1,"bytesSent":1,"connectsAccepted":1,"connectsRefused":0,"publishesDenied":0,"subscribesDenied":0,"protocolErrors":0,"quotaHits":0,"limitHits":{}}`;
      const gauges = `{"clients":3,"sessions":3,"subscriptions":1,"retained":0,"queued":0,"storeBytes":5,"memoryBytes":9}`;
      await installation.sql(
        `INSERT INTO metric_samples SELECT organization_id, id, now() - n * interval '10 seconds', 'i-1', now() - n * interval '10 seconds', $2, $3
         FROM deployments, generate_series(1, 1100) n WHERE id = $1`,
        [deployment, counters, gauges],
      );
      await installation.sql(
        `INSERT INTO usage_meters SELECT organization_id, id, 'edge-' || n, 1, 10 * n, 20, 30, 2, now() - n * interval '1 day' FROM deployments, generate_series(0, 2) n WHERE id = $1`,
        [deployment],
      );
    }
    const { lines } = await make({ kind: 'USAGE', from: new Date(Date.now() - 1.5 * 86_400_000).toISOString() });
    const [samples, meters] = [lines.filter(({ type }) => type === 'SAMPLE'), lines.filter(({ type }) => type === 'METER')];
    expect(samples).toHaveLength(1_100);
    for (const line of samples) sampleLineSchema.parse(line);
    expect(samples[0]).toMatchObject({ counters: { messagesReceived: 7 }, gauges: { clients: 3 } });
    for (const line of meters) meterLineSchema.parse(line);
    expect(meters).toMatchObject([
      { incarnation: 'edge-0', bytesIn: 0, connectionSeconds: 30 },
      { incarnation: 'edge-1', bytesIn: 10 },
    ]);
    expect(new Set(lines.map((line) => line['organizationId']))).toEqual(new Set([owner.organizationId]));
  });

  it.skipIf(skip)('are sealed where they lie, and an empty one is a file without lines', async () => {
    const { id } = await make();
    const object = await joined((await store.get(exportObject(keyOf(id), 1)))!);
    expect(object.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])), 'no gzip lies open').toBe(false);
    expect((await make({ from: '2019-01-01T00:00:00Z', to: '2019-01-02T00:00:00Z' })).lines).toEqual([]);
  });

  it.skipIf(skip)('are removed when their time is over, with the key that opens what else is kept of them', async () => {
    const { id } = await make();
    await exporterOf(store).sweep();
    expect((await exportRow(installation, id)).state).toBe('READY');
    await installation.sql('UPDATE exports SET expires_at = now()');
    await exporterOf(store).sweep();
    expect(await exportRow(installation, id)).toMatchObject({ state: 'EXPIRED', sealed_key: null, rows: 1_203 });
    expect(await store.list(exportFolder(keyOf(id)))).toEqual([]);
  });

  it.skipIf(skip)('of a worker that was taken for dead and comes back take nothing from the one that was faster', async () => {
    const id = await addExport(installation, owner.organizationId);
    let [goOn, begun] = [() => {}, () => {}];
    const [held, writing] = [new Promise<void>((go) => (goOn = go)), new Promise<void>((go) => (begun = go))];
    const slow: ObjectStore = {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      remove: (key) => store.remove(key),
      put: async (key, chunks) => {
        await store.put(key, chunks);
        begun();
        await held;
      },
    };
    const away = exporterOf(slow).makeDue();
    await writing;
    await installation.sql(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()`);
    await expect.poll(() => exporterOf(store).sweep()).toBe(1);
    await exporterOf(store).makeDue();
    goOn();
    await away.catch(() => {});
    expect(await exportRow(installation, id)).toMatchObject({ state: 'READY', attempts: 2 });
    expect(await store.list(exportFolder(keyOf(id)))).toEqual([exportObject(keyOf(id), 2)]);
    expect(await linesOf(installation, { store, envelope }, keyOf(id))).toHaveLength(1_203);
  });
});

describe('an export', () => {
  const store = openObjectStore(folder);
  const broken: ObjectStore = {
    get: async () => null,
    list: async () => [],
    remove: async () => {},
    put: async () => Promise.reject(new Error('disk full')),
  };

  it(`of ${ROWS} rows is read in pages: what is held does not grow with it`, async () => {
    const { organizationId } = await installation.addOrganization();
    await addWrites(installation, organizationId, ROWS);
    const wish = { organizationId, kind: 'AUDIT_LOG', from: new Date(0), to: new Date() } as const;
    const sizes: number[] = [];
    for await (const page of pagesOf(installation.db, wish, PAGE_ROWS)) sizes.push(page.length);
    expect(sizes).toEqual(Array.from({ length: ROWS / PAGE_ROWS }, () => PAGE_ROWS));
    const exportId = await addExport(installation, organizationId);
    await exporterOf(store).makeDue();
    const lines = await linesOf(installation, { store, envelope }, { organizationId, exportId });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(ROWS);
  });

  it('misses no write and repeats none where thousands were made at the same moment', async () => {
    const { organizationId } = await installation.addOrganization();
    await installation.sql(
      `INSERT INTO audit_log (organization_id, at, actor, context, action, subject) SELECT $1, '2020-01-01T00:00:00.0001Z', 'x', 'api', 'y', n FROM generate_series(1, 1234) n`,
      [uuidOf('organization', organizationId)],
    );
    const ids: string[] = [];
    const wish = { organizationId, kind: 'AUDIT_LOG', from: new Date(0), to: new Date() } as const;
    for await (const page of pagesOf(installation.db, wish, 100)) ids.push(...page.map((line) => (line.type === 'AUDIT' ? line.id : '')));
    expect(new Set(ids).size).toBe(1_234);
    expect(ids).toEqual(ids.toSorted((a, b) => Number(a) - Number(b)));
  });

  it.each([
    ['AUDIT_LOG', 'audit_log', 10_000],
    ['USAGE', 'metric_samples', 4_000],
  ] as const)('of kind %s reads each row of %s once, also while the database knows nothing of their number', async (kind, table, rows) => {
    const { organizationId, projectId } = await installation.addOrganization();
    if (kind === 'AUDIT_LOG') await addWrites(installation, organizationId, rows);
    else
      for (let i = 0; i < 2; i++)
        await installation.sql(
          `INSERT INTO metric_samples SELECT organization_id, id, now() - n * interval '10 seconds', 'i-1', now(), '{}', '{}' FROM deployments, generate_series(1, $2::int) n WHERE id = $1`,
          [uuidOf('deployment', await installation.addDeployment({ organizationId, projectId })), rows / 2],
        );
    const read = async () => {
      const [sums] = await installation.sql<{ read: number }>(
        'SELECT (seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_user_tables WHERE relname = $1',
        [table],
      );
      return sums!.read;
    };
    const before = await read();
    // What a connection has read is known when it has ended.
    const own = openDatabase(installation.database.provisionerUrl, { applicationName: 'test', onError: () => {} });
    let count = 0;
    for await (const page of pagesOf(own, { organizationId, kind, from: new Date(0), to: new Date() }, 100)) count += page.length;
    await own.$client.end();
    expect(count).toBe(rows);
    await expect.poll(read).toBeGreaterThanOrEqual(before + rows);
    expect((await read()) - before).toBeLessThan(rows * 1.5);
  });

  it('is read as its organization: without one, and as another, the worker sees no row', async () => {
    const read = () => query`SELECT count(*)::int AS count FROM audit_log`;
    expect((await installation.db.execute(read())).rows).toEqual([{ count: 0 }]);
    const seen = await asOrganization(installation.db, other.organizationId, (tx) => tx.execute(read()));
    expect(seen.rows).toEqual([{ count: 10 }]);
  });

  it('that the store does not take is tried again, and fails with a reason after the last attempt', async () => {
    const id = await addExport(installation, owner.organizationId);
    for (let attempt = 1; attempt < 5; attempt++) {
      await due(id);
      await exporterOf(broken).makeDue();
      expect(await exportRow(installation, id)).toMatchObject({ state: 'QUEUED', attempts: attempt, error_code: null });
      await exporterOf(broken).makeDue();
      expect((await exportRow(installation, id)).attempts, 'not before its time').toBe(attempt);
    }
    await due(id);
    await exporterOf(broken).makeDue();
    expect(await exportRow(installation, id)).toMatchObject({
      state: 'FAILED',
      error_code: 'EXPORT_FAILED',
      error_message: 'The file could not be written to where exports are kept.',
    });
  });

  it('that is too large fails at once and leaves nothing', async () => {
    const id = await addExport(installation, owner.organizationId);
    await exporterOf(store, { bytesMax: 100 }).makeDue();
    expect(await exportRow(installation, id)).toMatchObject({ state: 'FAILED', error_code: 'EXPORT_TOO_LARGE', attempts: 1, rows: null });
    await exporterOf(store).sweep();
    expect(await store.list(exportFolder({ organizationId: owner.organizationId, exportId: id }))).toEqual([]);
  });

  it('of a worker that is told to stop goes to the next one, and is no failed attempt', async () => {
    const id = await addExport(installation, owner.organizationId);
    const first = exporterOf(store, { pageRows: 10 });
    const making = first.makeDue();
    first.stop();
    await making;
    expect(await exportRow(installation, id)).toMatchObject({ state: 'QUEUED', attempts: 0 });
    await exporterOf(store).makeDue();
    expect(await exportRow(installation, id)).toMatchObject({ state: 'READY', attempts: 1 });
  });

  it('that was begun and cut off too often ends with a reason', async () => {
    const id = await addExport(installation, owner.organizationId);
    await installation.sql('UPDATE exports SET attempts = 5');
    await exporterOf(store).makeDue();
    expect(await exportRow(installation, id)).toMatchObject({ state: 'FAILED', error_message: 'Whoever made it was cut off each time.' });
  });

  it('of an organization that asks for many comes after the first one of another', async () => {
    const many = [await addExport(installation, owner.organizationId), await addExport(installation, owner.organizationId)];
    const one = await addExport(installation, other.organizationId);
    await installation.sql(`UPDATE exports SET state = 'RUNNING', claimed_at = now() WHERE id = $1`, [uuidOf('export', many[0]!)]);
    const first = exporterOf(store);
    const making = first.makeDue();
    await expect.poll(async () => (await exportRow(installation, one)).state).not.toBe('QUEUED');
    await making;
    const order = await installation.sql<{ id: string }>(`SELECT id FROM exports WHERE state = 'READY' ORDER BY started_at`);
    expect(order[0]!.id).toBe(uuidOf('export', one));
  });

  it('that does not exist any more is nobody’s: a sweep of nothing is quiet', async () => {
    expect(await exporterOf(store).sweep()).toBe(0);
    await expect(
      store.remove(exportObject({ organizationId: owner.organizationId, exportId: newId('export') }, 1)),
    ).resolves.toBeUndefined();
  });
});
