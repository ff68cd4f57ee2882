import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
let operationId: string;
const WAIT = 'query($id: ID!, $wait: Int) { operation(id: $id, waitSeconds: $wait) { state percent deploymentName deployment { name } } }';
const finish = () =>
  api.sql(`UPDATE operations SET state = 'SUCCEEDED', percent = 100, finished_at = now() WHERE id = $1`, [
    uuidOf('operation', operationId),
  ]);

beforeAll(async () => {
  api = await startTestApi();
  await signUp(api.url);
  ada = await signUp(api.url);
  await joinMachine(api.privateSocket);
  operationId = (await ada.mutate('createDeployment', { name: 'd' }, 'operation { id }'))['operation'].id;
});
afterAll(() => api.close());

describe('operation(waitSeconds)', () => {
  it('answers at once without a wait, and after the wait when nothing ends', async () => {
    expect((await ada.ask(WAIT, { id: operationId, wait: 0 })).data!['operation']).toMatchObject({
      state: 'PENDING',
      deployment: { name: 'd' },
    });
    const began = Date.now();
    await ada.ask(WAIT, { id: operationId, wait: 1 });
    expect(Date.now() - began).toBeGreaterThan(950);
  });

  it('refuses to wait longer than a minute', async () => {
    for (const wait of [-1, 61]) expect((await ada.ask(WAIT, { id: operationId, wait })).errors![0]!.extensions.code).toBe('BAD_REQUEST');
  });

  it('answers as soon as the operation ends, and outlives its deployment', async () => {
    const asked = ada.ask(WAIT, { id: operationId, wait: 30 });
    await new Promise((done) => setTimeout(done, 200));
    const began = Date.now();
    await finish();
    expect((await asked).data!['operation']).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
    expect(Date.now() - began).toBeLessThan(500);
    await api.sql('DELETE FROM deployments');
    expect((await ada.ask(WAIT, { id: operationId, wait: 5 })).data!['operation']).toMatchObject({ deploymentName: 'd', deployment: null });
  });
});
