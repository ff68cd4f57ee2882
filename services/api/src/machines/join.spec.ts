import { afterAll, beforeAll, expect, it } from 'vitest';
import { postJson } from '../test-support/private-calls.js';
import { joinMachine, startTestApi, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const DOCKER = { image: 'sha256:00', runFolder: '/run/rookery', dataFolder: '/var/lib/rookery', uid: null };
const join = (cell: string, docker: object | null) =>
  postJson(api.privateSocket, '/agent/join', {
    ...{ machineId: null, name: 'm', region: 'local', cell, docker, isolation: 'container', host: 'localhost', domain: null },
    ...{ mqttPorts: { first: 21_000, last: 21_999 }, sharedPorts: null },
  });

it('a cell has one kind: a machine of another is refused with words, and changes nothing', async () => {
  await joinMachine(api.privateSocket);
  const refused = await join('local-1', DOCKER);
  expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST', detail: expect.stringContaining('kind machine') } });
  expect(await api.sql('SELECT 1 FROM machines')).toHaveLength(1);
  expect((await join('docker-1', DOCKER)).status).toBe(200);
  expect(await api.sql('SELECT kind FROM cells ORDER BY name')).toEqual([{ kind: 'docker' }, { kind: 'machine' }]);
  expect((await join('docker-1', null)).status).toBe(400);
});
