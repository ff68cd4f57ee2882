import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EXPORTS_OPEN_MAX, exportObject } from '@rookery/contracts/exports';
import { Envelope } from '@rookery/service-kit/envelope';
import { uuidOf } from '@rookery/service-kit/ids';
import { openObjectStore } from '@rookery/service-kit/open-object-store';
import { newStreamKey, sealStream } from '@rookery/service-kit/sealed-stream';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

const folder = mkdtempSync(join(tmpdir(), 'rk-exports-'));
const moto = await motoForTests();
const BUCKET = 's3://rookery-downloads/first';
const FIELDS = 'export { id kind from to state rows bytes errorCode errorMessage requestedBy expiresAt downloadUrl }';
const RANGE = { kind: 'AUDIT_LOG', from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
/** As the worker of this installation would seal. */
const envelope = new Envelope(Buffer.alloc(32, 7));
const LINES = `${JSON.stringify({ type: 'AUDIT', id: '1' })}\n`.repeat(10_000);

let api: TestApi;
let ada: Tenant;
let eve: Tenant;
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);
const create = (who: Tenant, more: Record<string, unknown> = {}) => who.mutate('createExport', { ...RANGE, ...more }, FIELDS);
const found = async (who: Tenant, id: string) =>
  (await who.ask(`query($id: ID!) { export(id: $id) { ${FIELDS.slice(9, -2)} } }`, { id })).data!['export'];

/** What the worker does when it has made the file. */
async function makeReady(id: string, place = folder): Promise<void> {
  const key = newStreamKey();
  const file = gzipSync(LINES);
  const one = { organizationId: ada.organizationId, exportId: id };
  async function* chunks() {
    yield file;
  }
  await openObjectStore(place).put(exportObject(one, 1), sealStream(key, chunks()));
  const sealed = envelope.seal(key, { organizationId: ada.organizationId, table: 'exports', row: id, field: 'sealed_key' });
  await api.sql(
    `UPDATE exports SET state = 'READY', rows = 10000, bytes = $2, sealed_key = $3, attempts = 1, finished_at = now(), expires_at = now() + interval '7 days' WHERE id = $1`,
    [uuidOf('export', id), file.length, sealed],
  );
}
const inState = (id: string, change: string) => api.sql(`UPDATE exports SET ${change} WHERE id = $1`, [uuidOf('export', id)]);
const get = (url: string, headers: Record<string, string>) => fetch(url, { headers });
const bearer = ({ apiKey }: Tenant) => ({ authorization: `Bearer ${apiKey}` });
const download = (id: string, headers: Record<string, string>, url = api.url) => get(`${url}/exports/${id}/download`, headers);
const newExport = async (who = ada) => (await create(who))['export'].id as string;

beforeAll(async () => {
  api = await startTestApi({ ROOKERY_EXPORTS: folder });
  await signUp(api.url);
  [ada, eve] = [await signUp(api.url), await signUp(api.url)];
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  if (moto !== null)
    await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'rookery-downloads', CreateBucketConfiguration }));
});
afterEach(async () => void (await api.sql('DELETE FROM exports')));
afterAll(async () => {
  await api.close();
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('createExport', () => {
  it('writes the wish down, which is in the audit log', async () => {
    const { export: made } = await create(ada);
    expect(made).toMatchObject({ ...RANGE, state: 'QUEUED', rows: null, bytes: null, errorCode: null, expiresAt: null, downloadUrl: null });
    expect(made.requestedBy).toMatch(/^API key rk_/);
    expect(await api.sql(`SELECT actor, after FROM audit_log WHERE subject = $1`, [made.id])).toEqual([
      { actor: expect.stringMatching(/^key_/), after: { kind: RANGE.kind, from: RANGE.from, to: RANGE.to } },
    ]);
  });

  it('ends where the present is when its end is in the future', async () => {
    const from = new Date(Date.now() - 1_000).toISOString();
    const { export: made } = await create(ada, { from, to: '2100-01-01T00:00:00Z' });
    expect(Date.parse(made.to)).toBeLessThanOrEqual(Date.now());
  });

  it('makes one export for an idempotency key, also when it is full meanwhile, and refuses another request', async () => {
    const first = await create(ada, { idempotencyKey: 'k' });
    for (let i = 1; i < EXPORTS_OPEN_MAX; i++) await create(ada);
    expect(await create(ada, { idempotencyKey: 'k' })).toEqual(first);
    expect(codes(await create(ada, { idempotencyKey: 'k', kind: 'USAGE' }))).toEqual([['IDEMPOTENCY_MISMATCH', 'input.idempotencyKey']]);
    expect(await api.sql('SELECT 1 FROM exports')).toHaveLength(EXPORTS_OPEN_MAX);
  });

  it.each([
    ['EXPORT_RANGE_EMPTY', 'input.to', { to: RANGE.from }],
    ['EXPORT_RANGE_EMPTY', 'input.to', { from: RANGE.to, to: RANGE.from }],
    ['EXPORT_RANGE_EMPTY', 'input.from', { from: '2099-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }],
    ['EXPORT_RANGE_TOO_LONG', 'input.from', { from: '2020-01-01T00:00:00Z' }],
    ['INVALID_INPUT', 'input.from', { from: '1970-01-01T00:00:00Z' }],
    ['INVALID_INPUT', 'input.idempotencyKey', { idempotencyKey: '' }],
    ['NOT_FOUND', 'input.organizationId', { organizationId: 'org_01h455vb4pex5vsknk084sn02q' }],
  ])('answers %s at %s for %j, and writes nothing', async (code, path, more) => {
    expect(codes(await create(ada, more))).toEqual([[code, path]]);
    expect(await api.sql('SELECT 1 FROM exports')).toEqual([]);
  });

  it('answers EXPORTS_BUSY while so many are under way, however many ask at once; another organization is not held up', async () => {
    const answers = await Promise.all(Array.from({ length: EXPORTS_OPEN_MAX + 3 }, () => create(ada)));
    expect(answers.filter((answer) => answer['export'] !== null)).toHaveLength(EXPORTS_OPEN_MAX);
    const refused = answers.filter((answer) => answer['export'] === null).map((answer) => answer['userErrors'][0]);
    expect(refused).toMatchObject(Array.from({ length: 3 }, () => ({ code: 'EXPORTS_BUSY', details: { limit: EXPORTS_OPEN_MAX } })));
    expect(codes(await create(eve))).toEqual([]);
    await api.sql(`UPDATE exports SET state = 'FAILED' WHERE state = 'QUEUED'`);
    expect(codes(await create(ada))).toEqual([]);
  });

  it('answers EXPORTS_OFF where the installation has no place for them, which viewerCan told before', async () => {
    const other = await api.another({ ROOKERY_EXPORTS: '' }).catch(() => null);
    expect(other, 'an empty place is no place').toBeNull();
    const bare = await startTestApi();
    const bob = await signUp(bare.url);
    expect(codes(await create(bob))).toEqual([['EXPORTS_OFF', '']]);
    const asked = await bob.ask('{ viewer { organizations { viewerCan { createExport { allowed reason } } } } }');
    const { allowed, reason } = asked.data!['viewer'].organizations[0].viewerCan.createExport;
    expect([allowed, reason]).toEqual([false, expect.stringContaining('ROOKERY_EXPORTS')]);
    await bare.close();
  });

  it('is open to sessions and API keys, and to nobody else', async () => {
    const query = `mutation { createExport(input: {kind: USAGE, from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z"}) { export { id requestedBy } } }`;
    const ask = async (headers: Record<string, string>) => {
      const answer = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return (await answer.json()) as { data: any; errors?: { extensions: { code: string } }[] };
    };
    expect((await ask({ cookie: ada.cookie })).data.createExport.export.requestedBy).toContain('@example.com');
    expect((await ask({})).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('exports', () => {
  it('are listed newest first, page by page, and found by their id; those of others are not there', async () => {
    const ids = [await newExport(), await newExport(), await newExport()];
    const page = async (who: Tenant, after: string | null) =>
      (
        await who.ask(
          `query($after: String) { exports(first: 2, after: $after) { nodes { id } totalCount pageInfo { hasNextPage endCursor } } }`,
          { after },
        )
      ).data!['exports'];
    const first = await page(ada, null);
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ id: ids[2] }, { id: ids[1] }], pageInfo: { hasNextPage: true } });
    expect((await page(ada, first.pageInfo.endCursor)).nodes).toEqual([{ id: ids[0] }]);
    expect(await page(eve, null)).toMatchObject({ totalCount: 0, nodes: [] });
    expect(await found(ada, ids[0]!)).toMatchObject({ id: ids[0] });
    expect(await found(eve, ids[0]!)).toBeNull();
    const node = await ada.ask('query($id: ID!) { node(id: $id) { __typename id } }', { id: ids[0] });
    expect(node.data).toEqual({ node: { __typename: 'Export', id: ids[0] } });
  });

  it('say what went wrong, and are EXPIRED from the moment on at which their time is over', async () => {
    const id = await newExport();
    await inState(id, `state = 'FAILED', error_code = 'EXPORT_TOO_LARGE', error_message = 'The file would be too large.'`);
    expect(await found(ada, id)).toMatchObject({ state: 'FAILED', errorCode: 'EXPORT_TOO_LARGE', downloadUrl: null });
    await inState(id, `state = 'READY', error_code = NULL, expires_at = now() + interval '1 hour'`);
    expect(await found(ada, id)).toMatchObject({ state: 'READY', downloadUrl: expect.stringMatching(`/exports/${id}/download$`) });
    await inState(id, `expires_at = now()`);
    expect(await found(ada, id)).toMatchObject({ state: 'EXPIRED', downloadUrl: null });
  });

  it('are followed live', async () => {
    const client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: bearer(ada),
    });
    const query = `subscription($id: ID!) { exportsUpdated(organizationId: $id) { id state } }`;
    const states: unknown[] = [];
    const stop = client.subscribe(
      { query, variables: { id: ada.organizationId } },
      { next: ({ data }) => states.push((data as any)?.exportsUpdated.state), error: () => {}, complete: () => {} },
    );
    await expect
      .poll(
        async () => {
          if (states.length === 0) await api.sql('DELETE FROM exports').then(() => newExport());
          return states.length;
        },
        { interval: 200, timeout: 5_000 },
      )
      .toBeGreaterThan(0);
    await api.sql(`UPDATE exports SET state = 'RUNNING'`);
    await expect.poll(() => states.at(-1)).toBe('RUNNING');
    stop();
    await client.dispose();
  });
});

describe('the download of an export', () => {
  it('is the file, under a session and under an API key, and leaves a trace in the audit log', async () => {
    const id = await newExport();
    await makeReady(id);
    for (const headers of [bearer(ada), { cookie: ada.cookie, accept: 'text/html,*/*' }]) {
      const answer = await download(id, headers);
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="audit-log-2026-01-01-2026-02-01.ndjson.gz"',
        'cache-control': 'private, no-store',
        'content-length': String((await found(ada, id)).bytes),
      });
      expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe(LINES);
    }
    const head = await fetch(`${api.url}/exports/${id}/download`, { method: 'HEAD', headers: bearer(ada) });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String((await found(ada, id)).bytes)]);
    const trace = await api.sql<{ actor: string }>(
      `SELECT actor FROM audit_log WHERE action = 'downloadExport' AND subject = $1 ORDER BY id`,
      [id],
    );
    expect(trace.map(({ actor }) => actor.slice(0, 4))).toEqual(['key_', 'per_', 'key_']);
  });

  it('is not there for another organization, nor for an id that nobody has', async () => {
    const id = await newExport();
    await makeReady(id);
    const bodies = [];
    for (const asked of [id, 'exp_01h455vb4pex5vsknk084sn02q', 'exp_x', ada.organizationId]) {
      const answer = await download(asked, bearer(eve));
      expect(answer.status).toBe(404);
      bodies.push(await answer.text());
    }
    expect(new Set(bodies).size).toBe(1);
    expect((await download(id, {})).status).toBe(401);
    expect((await download(id, { authorization: 'Bearer rk_wrong', cookie: ada.cookie })).status).toBe(401);
  });

  it.each([
    ['EXPORT_NOT_READY', 409, `state = 'QUEUED'`],
    ['EXPORT_NOT_READY', 409, `state = 'RUNNING'`],
    ['EXPORT_FAILED', 500, `state = 'FAILED', error_message = 'The database did not answer.'`],
    ['EXPORT_EXPIRED', 410, `state = 'EXPIRED', sealed_key = NULL`],
    ['EXPORT_EXPIRED', 410, `expires_at = now()`],
    ['UNAVAILABLE', 503, `attempts = 9`],
  ])('is refused with %s (%i) when %s', async (code, status, change) => {
    const id = await newExport();
    await makeReady(id);
    await inState(id, change);
    const answer = await download(id, bearer(ada));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await answer.json()).toMatchObject({ code });
  });

  it('of a file that was cut short where it lies never passes for a whole one, and another export’s key opens nothing', async () => {
    const [id, other] = [await newExport(), await newExport()];
    for (const each of [id, other]) await makeReady(each);
    truncateSync(join(folder, exportObject({ organizationId: ada.organizationId, exportId: id }, 1)), 20);
    await expect(download(id, bearer(ada)).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    await api.sql('UPDATE exports SET sealed_key = (SELECT sealed_key FROM exports WHERE id = $2) WHERE id = $1', [
      uuidOf('export', id),
      uuidOf('export', other),
    ]);
    expect((await download(id, bearer(ada))).status).toBe(500);
  });

  it.skipIf(moto === null)('comes out of a bucket as it comes out of a folder', async () => {
    const { url } = await api.another({ ROOKERY_EXPORTS: BUCKET });
    const id = await newExport();
    await makeReady(id, BUCKET);
    const answer = await download(id, bearer(ada), url);
    expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe(LINES);
  });
});
