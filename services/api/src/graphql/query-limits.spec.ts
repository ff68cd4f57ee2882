import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphql, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
const codeOf = async (query: string) => (await ada.ask(query)).errors?.[0]?.extensions.code;

beforeAll(async () => {
  api = await startTestApi();
  ada = await signUp(api.url);
});
afterAll(() => api.close());

describe('a request that asks too much', () => {
  const nested = (depth: number) =>
    'organizations { projects { nodes { organization { id '.repeat(0) +
    `{ viewer { organizations { projects { nodes ${'{ organization { projects { nodes '.repeat(depth)} { id } ${'} } }'.repeat(depth)} } } } }`;
  it.each([
    ['deep', () => nested(10)],
    ['of many aliases', () => `{ ${Array.from({ length: 200 }, (_, i) => `a${i}: plans { id }`).join(' ')} }`],
    ['of many directives', () => `{ plans ${'@include(if: true) '.repeat(60)} { id } }`],
    ['long', () => `{ plans { ${'id '.repeat(5_000)} } }`],
    ['expensive', () => '{ deployments(first: 100) { nodes { operations(first: 100) { nodes { deployment { id } steps { name } } } } } }'],
  ])('(%s) is refused before it runs', async (_, query) => {
    expect(['QUERY_TOO_COMPLEX', 'BAD_REQUEST']).toContain(await codeOf(query()));
  });

  it('cannot go on in circles', async () => {
    expect(await codeOf('{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }')).toBe('BAD_REQUEST');
  });
});

describe('errors', () => {
  it('say what was not understood, and never where in the code', async () => {
    for (const query of [
      '{',
      '{ nothing }',
      '{ deployment }',
      'mutation { stopDeployment(input: {id: 5.5}) { userErrors { code } } }',
      'query A { plans { id } } query B { plans { id } }',
    ]) {
      const answer = await ada.ask(query);
      expect(answer.errors![0]!.extensions.code, query).toBe('BAD_REQUEST');
      expect(JSON.stringify(answer)).not.toMatch(/stacktrace|node_modules/);
    }
  });

  it('name the variable that was not understood, and what of it', async () => {
    const query = 'mutation ($input: StopDeploymentInput!) { stopDeployment(input: $input) { userErrors { code } } }';
    for (const [input, words] of [
      [{ id: 'x', nothing: 1 }, /"nothing" is not defined/],
      [{}, /"id" of required type/],
      [null, /"\$input" of non-null type/],
    ] as const) {
      const [error] = (await ada.ask(query, { input })).errors!;
      expect(error).toMatchObject({ message: expect.stringMatching(words), extensions: { code: 'BAD_REQUEST' } });
    }
  });

  it('are UNAUTHENTICATED without a viewer, on all but what a log-in page needs', async () => {
    expect((await graphql(api.url, {}, '{ installation { signUp caUrl version } }')).data).toEqual({
      installation: { signUp: 'OPEN', caUrl: null, version: '0.1.0' },
    });
    expect((await graphql(api.url, {}, '{ viewer { isOperator } }')).errors![0]!.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('cost', () => {
  it('is told, and counted for introspection too', async () => {
    expect((await ada.ask('{ plans { id } }')).extensions).toEqual({
      cost: { requested: expect.any(Number), remaining: expect.any(Number) },
    });
    const { data, extensions } = await ada.ask(getIntrospectionQuery());
    expect(data!['__schema'].types.length).toBeGreaterThan(30);
    expect((extensions!['cost'] as { requested: number }).requested).toBeGreaterThan(20);
  });

  it('that was used up is RATE_LIMITED until the minute is over', async () => {
    await api.sql(`UPDATE rate_limits SET points = 300000 WHERE key LIKE 'queryCost:%'`);
    const answer = await ada.ask('{ plans { id } }');
    expect(answer.errors![0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
  });
});
