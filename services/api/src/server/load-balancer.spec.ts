import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi } from '../test-support/test-api.js';

const DOMAIN = 'rookery.example.com';
let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi({ PUBLIC_URL: `https://${DOMAIN}` });
});
afterAll(() => api.close());

function ask(path: string, headers: Record<string, string>, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(`${api.url}${path}`, { method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      response.resume();
      resolve(response);
    });
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

it('a load balancer that asks by address is told that somebody is here, and nothing else is served by that name', async () => {
  const host = '10.65.32.7:8080';
  expect((await ask('/healthz', { host })).statusCode).toBe(200);
  for (const path of ['/', '/graphql', '/auth/session', '/healthz-of-another'])
    expect((await ask(path, { host })).statusCode, path).toBe(421);
});

it('who comes by https to a load balancer that ends TLS is logged in; who comes without is given no cookie', async () => {
  const cookiesFor = async (email: string, proto: string) => {
    const headers = { host: DOMAIN, origin: `https://${DOMAIN}`, 'x-forwarded-proto': proto };
    const answer = await ask('/auth/sign-up', headers, { email, password: 'correct horse battery', name: 'Ada' });
    expect(answer.statusCode).toBe(201);
    return answer.headers['set-cookie'] ?? [];
  };
  expect(await cookiesFor('ada@example.com', 'https')).toEqual([expect.stringMatching(/^rookery_session=.*; Secure/)]);
  expect(await cookiesFor('bob@example.com', 'http')).toEqual([]);
});
