import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphql, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
const CREATED = 'apiKey { id name prefix lastUsedAt } secret';
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);

beforeAll(async () => {
  api = await startTestApi();
  await signUp(api.url);
  ada = await signUp(api.url);
});
afterAll(() => api.close());

describe('API keys', () => {
  it('open the organization that made them, and nothing once they are deleted', async () => {
    const { apiKey, secret } = await ada.mutate('createApiKey', { name: 'ci' }, CREATED);
    expect(secret).toMatch(/^rk_[A-Za-z0-9_-]{43}$/);
    expect(secret.startsWith(apiKey.prefix)).toBe(true);
    const ask = () =>
      graphql(
        api.url,
        { authorization: `Bearer ${secret}` },
        '{ viewer { isOperator person { id } apiKey { id lastUsedAt } organizations { id } } }',
      );
    expect((await ask()).data!['viewer']).toEqual({
      isOperator: false,
      person: null,
      apiKey: { id: apiKey.id, lastUsedAt: expect.any(String) },
      organizations: [{ id: ada.organizationId }],
    });
    expect(JSON.stringify(await api.sql('SELECT * FROM api_keys, audit_log'))).not.toContain(secret);
    expect(await ada.mutate('deleteApiKey', { id: apiKey.id }, 'deletedId')).toMatchObject({ deletedId: apiKey.id });
    expect((await ask()).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('are made once per idempotency key', async () => {
    const first = await ada.mutate('createApiKey', { name: 'tf', idempotencyKey: 'k' }, CREATED);
    expect(await ada.mutate('createApiKey', { name: 'tf', idempotencyKey: 'k' }, CREATED)).toEqual(first);
    expect(codes(await ada.mutate('createApiKey', { name: 'other', idempotencyKey: 'k' }, CREATED))).toEqual([
      ['IDEMPOTENCY_MISMATCH', 'input.idempotencyKey'],
    ]);
  });

  it('answer for every wrong input', async () => {
    expect(codes(await ada.mutate('createApiKey', { name: '' }, CREATED))).toEqual([['INVALID_INPUT', 'input.name']]);
    expect(codes(await ada.mutate('createApiKey', { name: 'x', organizationId: 'org_01h455vb4pex5vsknk084sn02q' }, CREATED))).toEqual([
      ['NOT_FOUND', 'input.organizationId'],
    ]);
    expect(codes(await ada.mutate('deleteApiKey', { id: 'key_01h455vb4pex5vsknk084sn02q' }, 'deletedId'))).toEqual([
      ['NOT_FOUND', 'input.id'],
    ]);
  });

  it.each(['Bearer rk_wrong', 'Bearer rk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'Basic abc', ''])(
    'with %j nobody is logged in, even beside a good cookie',
    async (authorization) => {
      const answer = await graphql(api.url, { authorization, cookie: ada.cookie }, '{ viewer { isOperator } }');
      expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    },
  );
});

describe('createProject', () => {
  it('makes a project, and refuses a name that is taken or wrong and an organization that is not there', async () => {
    const payload = await ada.mutate(
      'createProject',
      { name: 'Plant' },
      'project { id name organization { id } viewerCan { createDeployment { allowed } } }',
    );
    expect(payload['project']).toMatchObject({
      name: 'Plant',
      organization: { id: ada.organizationId },
      viewerCan: { createDeployment: { allowed: true } },
    });
    expect(codes(await ada.mutate('createProject', { name: 'Plant' }, 'project { id }'))).toEqual([['NAME_TAKEN', 'input.name']]);
    expect(codes(await ada.mutate('createProject', { name: '\u0000' }, 'project { id }'))).toEqual([['INVALID_INPUT', 'input.name']]);
    expect(
      codes(await ada.mutate('createProject', { name: 'x', organizationId: 'org_01h455vb4pex5vsknk084sn02q' }, 'project { id }')),
    ).toEqual([['NOT_FOUND', 'input.organizationId']]);
  });
});
