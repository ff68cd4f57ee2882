import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi } from '../test-support/test-api.js';

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

function statusAt(path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${api.url}${path}`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

it('a load balancer that asks by address is told that somebody is here, and nothing else is served by that name', async () => {
  const host = '10.65.32.7:8080';
  expect(await statusAt('/healthz', host)).toBe(200);
  for (const path of ['/', '/graphql', '/auth/session', '/healthz-of-another']) expect(await statusAt(path, host), path).toBe(421);
});
