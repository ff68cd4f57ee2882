import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let operator: Tenant;
let ada: Tenant;
let id: string;

beforeAll(async () => {
  api = await startTestApi();
  operator = await signUp(api.url);
  ada = await signUp(api.url);
  await joinMachine(api.privateSocket);
  ({ id } = (await ada.mutate('createDeployment', { name: 'd' }, 'deployment { id }'))['deployment']);
});
afterAll(() => api.close());

describe('drift', () => {
  const drift = async () =>
    (await ada.ask('query($id: ID!) { deployment(id: $id) { drift { kind attributes foundAt } } }', { id })).data!['deployment'].drift;

  it('is what the last comparison found, and null where that found nothing', async () => {
    expect(await drift()).toBeNull();
    await api.sql(
      `INSERT INTO deployment_drift (organization_id, deployment_id, kind, attributes) SELECT organization_id, id, 'CHANGED', '{memory}' FROM deployments WHERE id = $1`,
      [uuidOf('deployment', id)],
    );
    expect(await drift()).toEqual({ kind: 'CHANGED', attributes: ['memory'], foundAt: expect.any(String) });
  });
});

describe('orphans', () => {
  it('are the operator’s alone', async () => {
    await api.sql(
      `INSERT INTO orphans (id, deployment_id, reason, removed) VALUES ('c1', 'dep_1', 'Another installation made it.', false)`,
    );
    const query = '{ orphans { id deploymentId reason removed } }';
    expect((await ada.ask(query)).errors![0]!.extensions.code).toBe('FORBIDDEN');
    expect((await operator.ask(query)).data!['orphans']).toEqual([
      { id: 'c1', deploymentId: 'dep_1', reason: 'Another installation made it.', removed: false },
    ]);
  });
});
