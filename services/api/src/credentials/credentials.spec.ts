import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place } from '../test-support/placement.js';
import { openStream } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let operator: Tenant;
let machineId: string;
let deploymentId: string;
const CREATED = 'credential { id username description deployment { id policyRevision } viewerCan { delete { allowed } } } secret';
const create = (input: Record<string, unknown> = {}) => operator.mutate('createCredential', { deploymentId, ...input }, CREATED);
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);

beforeAll(async () => {
  api = await startTestApi();
  operator = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
  deploymentId = (await operator.mutate('createDeployment', { name: 'd' }, 'deployment { id }'))['deployment'].id;
});
afterAll(() => api.close());

describe('createCredential', () => {
  it('shows a secret of 160 bits once; what the machine gets proves it, and the database cannot give it back', async () => {
    await place(api, machineId, deploymentId);
    const stream = await openStream(api.privateSocket, machineId);
    await stream.next('snapshot');
    const { credential, secret } = await create({ username: 'sensor-1', description: 'the first' });
    expect(credential).toMatchObject({ username: 'sensor-1', description: 'the first', viewerCan: { delete: { allowed: true } } });
    expect(Buffer.from(secret, 'base64url')).toHaveLength(20);

    const { policy } = (await stream.next('change')).data;
    expect(policy.revision).toBe(2);
    const proof = createHmac('sha256', Buffer.from(policy.pepper, 'base64url')).update(secret).digest('base64url');
    expect(policy.credentials).toEqual([{ username: 'sensor-1', secretHash: `hmac-sha256:${proof}` }]);
    const dump = JSON.stringify(await api.sql('SELECT * FROM credentials, deployments, audit_log, idempotency_keys'));
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(policy.pepper);
    stream.close();
  });

  it('chooses a username where none is given', async () => {
    expect((await create())['credential'].username).toMatch(/^client-[0-9a-f]{10}$/);
  });

  it('shows the secret again to the same key for ten minutes, then never', async () => {
    const first = await create({ username: 'again', idempotencyKey: 'k' });
    expect(await create({ username: 'again', idempotencyKey: 'k' })).toEqual(first);
    await api.sql(`UPDATE idempotency_keys SET created_at = now() - interval '11 minutes'`);
    const later = await create({ username: 'again', idempotencyKey: 'k' });
    expect(later).toMatchObject({ credential: { id: first['credential'].id }, secret: null, userErrors: [] });
  });

  it.each([
    ['USERNAME_TAKEN', 'input.username', { username: 'sensor-1' }],
    ['INVALID_INPUT', 'input.username', { username: 'a/b' }],
    ['INVALID_INPUT', 'input.description', { description: 'x'.repeat(501) }],
    ['IDEMPOTENCY_MISMATCH', 'input.idempotencyKey', { username: 'other', idempotencyKey: 'k' }],
    ['NOT_FOUND', 'input.deploymentId', { deploymentId: 'dep_01h455vb4pex5vsknk084sn02q' }],
  ])('answers %s at %s', async (code, path, input) => {
    expect(codes(await create(input))).toEqual([[code, path]]);
  });

  it('stops at the limit, also for requests that race', async () => {
    const { id } = (await operator.mutate('createDeployment', { name: 'small' }, 'deployment { id }'))['deployment'];
    await operator.mutate('setDeploymentQuotas', { deploymentId: id, quotas: { credentialsMax: 3 } }, 'deployment { id }');
    const all = await Promise.all(Array.from({ length: 6 }, () => create({ deploymentId: id })));
    expect(all.filter((payload) => payload['secret'] !== null)).toHaveLength(3);
    const details = all.find((payload) => payload['secret'] === null)!['userErrors'][0];
    expect(details).toMatchObject({ code: 'QUOTA_EXCEEDED', details: { limit: 3, used: 3, quota: 'credentialsMax' } });
  });
});

describe('credentials', () => {
  it('are paged, searched literally and counted', async () => {
    const { id } = (await operator.mutate('createDeployment', { name: 'paged' }, 'deployment { id }'))['deployment'];
    for (const username of ['a_1', 'ab1', 'a_2']) await create({ deploymentId: id, username });
    const query = `query($id: ID!, $after: String, $search: String) { deployment(id: $id) {
      credentials(first: 2, after: $after, search: $search) { nodes { username } totalCount pageInfo { hasNextPage endCursor } } } }`;
    const first = (await operator.ask(query, { id })).data!['deployment'].credentials;
    expect(first).toMatchObject({ nodes: [{ username: 'a_1' }, { username: 'ab1' }], totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = (await operator.ask(query, { id, after: first.pageInfo.endCursor })).data!['deployment'].credentials;
    expect(second).toMatchObject({ nodes: [{ username: 'a_2' }], pageInfo: { hasNextPage: false } });
    expect((await operator.ask(query, { id, search: 'a_' })).data!['deployment'].credentials).toMatchObject({ totalCount: 2 });
    expect((await operator.ask(query, { id, after: 'bm9uc2Vuc2U' })).errors![0]!.extensions.code).toBe('BAD_REQUEST');
  });
});

describe('deleteCredential', () => {
  it('makes a new revision without it', async () => {
    const { credential } = await create({ username: 'leaving' });
    const revision = credential.deployment.policyRevision;
    const stream = await openStream(api.privateSocket, machineId);
    await stream.next('snapshot');
    expect(await operator.mutate('deleteCredential', { id: credential.id }, 'deletedId')).toMatchObject({
      deletedId: credential.id,
      userErrors: [],
    });
    const { policy } = (await stream.next('change')).data;
    expect(policy.revision).toBe(revision + 1);
    expect(policy.credentials.map((each: { username: string }) => each.username)).not.toContain('leaving');
    expect(codes(await operator.mutate('deleteCredential', { id: credential.id }, 'deletedId'))).toEqual([['NOT_FOUND', 'input.id']]);
    stream.close();
  });
});
