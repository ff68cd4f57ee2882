import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postJson } from '../test-support/private-calls.js';
import { graphql, startTestApi, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
const PASSWORD = 'correct horse battery';
const VIEWER = '{ viewer { isOperator person { email } organizations { name projects { nodes { name } } } } }';

function post(path: string, body: unknown, headers: Record<string, string> = {}, url = api.url) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text });
}
const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { code, status, errors } = (await response.json()) as { code: string; status: number; errors: { path: string[] }[] };
  expect(status).toBe(response.status);
  return [response.status, code, ...errors.map((error) => error.path.join('.'))];
};
const cookieOf = (response: Response) => response.headers.getSetCookie()[0] ?? '';

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('bootstrap', () => {
  it('makes the first person, who is operator, and no second', async () => {
    const login = { email: 'root@example.com', password: PASSWORD, name: 'Root' };
    const first = await postJson(api.privateSocket, '/internal/bootstrap', login);
    expect(first).toMatchObject({ status: 201, body: { personId: expect.stringMatching(/^per_/), apiKey: expect.stringMatching(/^rk_/) } });
    const { apiKey } = first.body as { apiKey: string };
    expect((await graphql(api.url, { authorization: `Bearer ${apiKey}` }, VIEWER)).data!['viewer'].isOperator).toBe(true);
    expect((await postJson(api.privateSocket, '/internal/bootstrap', { ...login, email: 'two@example.com' })).status).toBe(409);
  });
});

describe('sign-up', () => {
  it('makes a person with an organization and a project, and logs her in', async () => {
    const response = await post('/auth/sign-up', { email: ' Ada@Example.com ', password: PASSWORD, name: 'Ada' });
    expect(response.status).toBe(201);
    const cookie = cookieOf(response);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect((await graphql(api.url, { cookie }, VIEWER)).data!['viewer']).toEqual({
      isOperator: false,
      person: { email: 'ada@example.com' },
      organizations: [{ name: "Ada's organization", projects: { nodes: [{ name: 'Default' }] } }],
    });
  });

  it('answers clearly to wrong input', async () => {
    expect(await problem(await post('/auth/sign-up', { email: 'nonsense', password: 'short' }))).toEqual([
      422,
      'INVALID_INPUT',
      'email',
      'password',
    ]);
    expect(await problem(await post('/auth/sign-up', { email: 'ADA@example.com', password: PASSWORD }))).toEqual([
      409,
      'EMAIL_TAKEN',
      'email',
    ]);
    expect(await problem(await post('/auth/sign-up', '{'))).toEqual([400, 'BAD_REQUEST', '']);
    expect(await problem(await post('/auth/sign-up', JSON.stringify({ email: 'x'.repeat(2_000_000) })))).toEqual([
      413,
      'PAYLOAD_TOO_LARGE',
      '',
    ]);
    expect(await problem(await post('/auth/nowhere', {}))).toEqual([404, 'NOT_FOUND', '']);
  });

  it('is closed where it is closed, but for the bearer of a fresh link, once', async () => {
    const closed = await api.another({ ROOKERY_SIGN_UP: 'closed' });
    const person = { email: 'bob@example.com', password: PASSWORD };
    expect(await problem(await post('/auth/sign-up', person, {}, closed.url))).toEqual([403, 'SIGN_UP_CLOSED', '']);
    const { token: setup } = (await postJson(closed.privateSocket, '/internal/setup-links', {})).body as { token: string };
    expect(await problem(await post('/auth/sign-up', { ...person, setup: 'guess' }, {}, closed.url))).toEqual([
      403,
      'SIGN_UP_CLOSED',
      'setup',
    ]);
    const all = await Promise.all(
      [1, 2, 3].map((n) => post('/auth/sign-up', { ...person, email: `bob${n}@example.com`, setup }, {}, closed.url)),
    );
    const winners = all.filter((response) => response.status === 201);
    expect(winners).toHaveLength(1);
    expect((await graphql(closed.url, { cookie: cookieOf(winners[0]!) }, VIEWER)).data!['viewer'].isOperator).toBe(true);
  });
});

describe('log-in', () => {
  const logIn = (email: string, password = PASSWORD, headers = {}) => post('/auth/log-in', { email, password }, headers);

  it('opens a session under a new id, and log-out ends it', async () => {
    const before = cookieOf(await logIn('ada@example.com'));
    const response = await logIn('Ada@example.com', PASSWORD, { cookie: before });
    const cookie = cookieOf(response);
    expect(response.status).toBe(200);
    expect(cookie.split(';')[0]).not.toBe(before.split(';')[0]);
    expect((await graphql(api.url, { cookie: before }, VIEWER)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
    expect((await graphql(api.url, { cookie }, VIEWER)).data!['viewer'].person.email).toBe('ada@example.com');
    expect((await post('/auth/log-out', {}, { cookie })).status).toBe(204);
    expect((await graphql(api.url, { cookie }, VIEWER)).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('tells a wrong password and an unknown e-mail apart by nothing, and names what is missing', async () => {
    expect(await problem(await logIn('ada@example.com', 'wrong password'))).toEqual([401, 'INVALID_LOGIN', '']);
    expect(await problem(await logIn('nobody@example.com'))).toEqual([401, 'INVALID_LOGIN', '']);
    expect(await problem(await post('/auth/log-in', { email: 'ada@example.com' }))).toEqual([422, 'INVALID_INPUT', 'password']);
  });

  it('stops a guesser at every api, and not the owner of another account', async () => {
    const other = await api.another();
    for (let i = 0; i < 10; i++)
      await post('/auth/log-in', { email: 'root@example.com', password: `guess ${i}` }, {}, i % 2 ? api.url : other.url);
    const refused = await logIn('root@example.com');
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await problem(refused)).toEqual([429, 'RATE_LIMITED', '']);
    expect((await logIn('ada@example.com')).status).toBe(200);
  });
});

describe('requests from elsewhere', () => {
  it('are refused for a host that is not ours, and for the page of another site', async () => {
    const { request } = await import('node:http');
    const withHost = await new Promise<number>((done) => {
      request(`${api.url}/graphql`, { method: 'POST', headers: { host: 'evil.example' } }, (response) => done(response.statusCode!)).end();
    });
    expect(withHost).toBe(421);
    expect(await problem(await post('/auth/log-out', {}, { origin: 'https://evil.example' }))).toEqual([403, 'ORIGIN_NOT_ALLOWED', '']);
    expect(await problem(await post('/graphql', { query: VIEWER }, { origin: 'null' }))).toEqual([403, 'ORIGIN_NOT_ALLOWED', '']);
    expect((await post('/graphql', { query: '{ installation { version } }' }, { origin: api.url })).status).toBe(200);
  });

  it('cannot use the cookie by a form or by GET', async () => {
    const cookie = cookieOf(await post('/auth/log-in', { email: 'ada@example.com', password: PASSWORD }));
    const form = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', cookie },
      body: JSON.stringify({ query: VIEWER }),
    });
    expect(form.status).toBe(400);
    const get = await fetch(`${api.url}/graphql?query=mutation{createProject(input:{name:"x"}){project{id}}}`, {
      headers: { cookie, 'apollo-require-preflight': '1' },
    });
    expect(get.status).toBe(405);
  });
});
