import { newId, uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
let eve: Tenant;
let deploymentId: string;
const FIELDS = 'nodes { id deploymentId deploymentName kind leadDays dueAt } totalCount';

const give = async (kind: string, leadDays: number) => {
  const id = newId('notice');
  await api.sql(
    `INSERT INTO notices (organization_id, id, deployment_id, kind, lead_days, due_at) SELECT organization_id, $2, id, $3, $4, now() FROM deployments WHERE id = $1`,
    [uuidOf('deployment', deploymentId), uuidOf('notice', id), kind, leadDays],
  );
  return id;
};
const ofAll = async (who: Tenant) => (await who.ask(`{ notices(first: 10) { ${FIELDS} } }`)).data!['notices'];
const ofOne = async () =>
  (await ada.ask(`query($id: ID!) { deployment(id: $id) { notices(first: 1) { ${FIELDS} } } }`, { id: deploymentId })).data!['deployment']
    .notices;
const dismiss = (who: Tenant, id: string) => who.mutate('dismissNotice', { id }, 'dismissedId');

beforeAll(async () => {
  api = await startTestApi();
  [ada, eve] = [await signUp(api.url), await signUp(api.url)];
  await joinMachine(api.privateSocket);
  deploymentId = (await ada.mutate('createDeployment', { name: 'quiet' }, 'deployment { id }'))['deployment'].id;
});
afterAll(() => api.close());

describe('notices', () => {
  it('are read by their organization, all of it or one deployment’s, and by nobody else', async () => {
    const id = await give('IDLE_STOP', 7);
    await give('EXPIRY', 1);
    expect((await ofAll(ada)).nodes).toMatchObject([
      { id, deploymentId, deploymentName: 'quiet', kind: 'IDLE_STOP', leadDays: 7 },
      { kind: 'EXPIRY', leadDays: 1 },
    ]);
    expect(await ofOne()).toMatchObject({ totalCount: 2, nodes: [{ id }] });
    expect(await ofAll(eve)).toEqual({ nodes: [], totalCount: 0 });
  });

  it('are gone for everybody of the organization once one has dismissed them; a stranger cannot', async () => {
    const { nodes } = await ofAll(ada);
    const [{ id }] = nodes;
    expect((await dismiss(eve, id))['userErrors']).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'id'] }]);
    expect(await dismiss(ada, id)).toMatchObject({ dismissedId: id, userErrors: [] });
    expect((await ofAll(ada)).nodes).toHaveLength(nodes.length - 1);
    expect(await dismiss(ada, id)).toMatchObject({ dismissedId: id, userErrors: [] });
  });
});

describe('an idle rule', () => {
  it('comes with the plan, and a start ends the waiting for a deletion', async () => {
    const made = (
      await ada.mutate('createDeployment', { name: 'hosted', planId: 'SERVERLESS' }, 'deployment { id plan { idleStopAfterDays } }')
    )['deployment'];
    expect(made.plan.idleStopAfterDays).toBe(30);
    const one = [uuidOf('deployment', made.id)];
    const row = async () =>
      (await api.sql('SELECT idle_stop_after_days, idle_delete_after_days, idle_stopped_at FROM deployments WHERE id = $1', one))[0];
    await api.sql(`UPDATE deployments SET state = 'STOPPED', idle_stopped_at = now() WHERE id = $1`, one);
    await ada.mutate('startDeployment', { id: made.id }, 'operation { id }');
    expect(await row()).toEqual({ idle_stop_after_days: 30, idle_delete_after_days: 30, idle_stopped_at: null });
  });
});
