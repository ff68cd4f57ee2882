import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PLANS } from '@rookery/contracts/plans';
import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { place, reportCounters, reportState } from '../test-support/placement.js';
import { openStream } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let folder: string;
let ada: Tenant;
let machineId: string;
let id: string;
let names = 0;
const CHANGE = 'deployment { id phase version policyRevision plan { id } quotas { clientsMax credentialsMax } } operation { verb state }';
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);
const resize = (input: object) => ada.mutate('resizeDeployment', { id, ...input }, CHANGE);
const choices = async () => {
  const query = '{ current allowed reason over { quota limit used } plan { id } }';
  const answer = await ada.ask(`query($id: ID!) { deployment(id: $id) { planChoices ${query} } }`, { id });
  return answer.data!['deployment'].planChoices as { plan: { id: string }; allowed: boolean; reason: string | null; over: object[] }[];
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rk-plans-'));
  const plans = join(folder, 'plans.json');
  const chosen = DEFAULT_PLANS.map((plan) => ({ ...plan, selectable: plan.id !== 'DEDICATED_10K', deploymentsMax: 100 }));
  const tiny = { ...DEFAULT_PLANS[1]!, id: 'TINY', name: 'Tiny', deploymentsMax: 1 };
  const quotas = { ...tiny.quotas, credentialsMax: 1, accessRulesMax: 1, clientsMax: 2, retainedMax: 3, sessionsMax: 4 };
  writeFileSync(plans, JSON.stringify([...chosen, { ...tiny, quotas }]));
  api = await startTestApi({ ROOKERY_PLANS: plans });
  await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  ({ id } = (await ada.mutate('createDeployment', { name: `d${++names}`, planId: 'LOCAL' }, CHANGE))['deployment']);
  await place(api, machineId, id, 20_000 + names);
  await reportState(api, machineId, id);
});

describe('resizeDeployment', () => {
  it('gives the numbers of the plan with a new policy and a new generation, and follows the machine', async () => {
    const payload = await resize({ planId: 'SERVERLESS', expectedVersion: 1 });
    expect(payload).toMatchObject({
      userErrors: [],
      deployment: { phase: 'UPDATING', policyRevision: 2, plan: { id: 'SERVERLESS' }, quotas: { clientsMax: 1_000 } },
      operation: { verb: 'RESIZE', state: 'PENDING' },
    });
    const [row] = await api.sql('SELECT generation, plain_port, memory_bytes_max FROM deployments WHERE id = $1', [
      uuidOf('deployment', id),
    ]);
    expect(row).toEqual({ generation: 2, plain_port: false, memory_bytes_max: String(256 * 2 ** 20 + 1_000 * 64 * 2 ** 10) });
    await place(api, machineId, id, 20_000 + names);
    await reportState(api, machineId, id, { generation: 2 });
    const { data } = await ada.ask('query($id: ID!) { deployment(id: $id) { phase } }', { id });
    expect(data!['deployment'].phase).toBe('RUNNING');
  });

  it('reaches the machine as a policy before any worker looks', async () => {
    const stream = await openStream(api.privateSocket, machineId);
    await stream.next('snapshot');
    await resize({ planId: 'SERVERLESS' });
    expect((await stream.next('change')).data).toMatchObject({ deploymentId: id, policy: { revision: 2, quotas: { clientsMax: 1_000 } } });
    stream.close();
  });

  it('replaces what an operator had set over the plan, and the audit log keeps it', async () => {
    await api.sql(`UPDATE deployments SET quotas = quotas || '{"clientsMax": 77}' WHERE id = $1`, [uuidOf('deployment', id)]);
    expect((await resize({ planId: 'LOCAL' }))['deployment'].quotas.clientsMax).toBe(10_000);
    const [entry] = await api.sql(`SELECT before, after FROM audit_log WHERE action = 'resizeDeployment' AND subject = $1`, [id]);
    expect(entry).toMatchObject({ before: { planId: 'LOCAL', quotas: { clientsMax: 77 } }, after: { quotas: { clientsMax: 10_000 } } });
  });

  it.each([
    ['INVALID_INPUT', 'input.planId', { planId: 'LOCAL' }],
    ['UNKNOWN_PLAN', 'input.planId', { planId: 'NOTHING' }],
    ['PLAN_CHANGE_NEEDS_MOVE', 'input.planId', { planId: 'DEDICATED_1K' }],
    ['PLAN_CHANGE_NEEDS_MOVE', 'input.planId', { planId: 'DEDICATED_10K' }],
    ['VERSION_CONFLICT', 'input.expectedVersion', { planId: 'SERVERLESS', expectedVersion: 9 }],
    ['NOT_FOUND', 'input.id', { id: 'dep_01h455vb4pex5vsknk084sn02q', planId: 'SERVERLESS' }],
  ])('answers %s at %s', async (code, path, input) => {
    expect(codes(await resize(input))).toEqual([[code, path]]);
  });

  it('lets dedicated deployments change among the tiers that may be chosen', async () => {
    await api.sql(`UPDATE deployments SET plan_id = 'DEDICATED_1K' WHERE id = $1`, [uuidOf('deployment', id)]);
    expect(codes(await resize({ planId: 'DEDICATED_10K' }))).toEqual([['UNKNOWN_PLAN', 'input.planId']]);
    expect(codes(await resize({ planId: 'SERVERLESS' }))).toEqual([['PLAN_CHANGE_NEEDS_MOVE', 'input.planId']]);
    expect((await resize({ planId: 'DEDICATED_5K' }))['deployment'].plan.id).toBe('DEDICATED_5K');
  });

  it('refuses a plan that what exists does not fit, with the numbers, and nothing changes', async () => {
    for (const username of ['a', 'b']) await ada.mutate('createCredential', { deploymentId: id, username }, 'secret');
    await api.sql(
      `INSERT INTO access_rules (organization_id, deployment_id, position, effect, action, topic)
       SELECT organization_id, id, n, 'allow', 'all', '#' FROM deployments, generate_series(1, 3) n WHERE id = $1`,
      [uuidOf('deployment', id)],
    );
    await reportCounters(api, machineId, id, { sequence: 1, gauges: { clients: 3, sessions: 9, retained: 4 } });
    const over = [
      { quota: 'clientsMax', limit: 2, used: 3 },
      { quota: 'sessionsMax', limit: 4, used: 9 },
      { quota: 'credentialsMax', limit: 1, used: 2 },
      { quota: 'accessRulesMax', limit: 1, used: 3 },
      { quota: 'retainedMax', limit: 3, used: 4 },
    ];
    const payload = await resize({ planId: 'TINY' });
    expect(payload['userErrors']).toMatchObject([{ code: 'PLAN_TOO_SMALL', path: ['input', 'planId'], details: { plan: 'TINY', over } }]);
    expect(payload['userErrors'][0].message).toContain('1 credentials, and there are 2 (1 too many)');
    const found = (await choices()).find(({ plan }) => plan.id === 'TINY');
    expect(found).toEqual({ plan: { id: 'TINY' }, current: false, allowed: false, reason: payload['userErrors'][0].message, over });
    const [row] = await api.sql('SELECT plan_id, generation FROM deployments WHERE id = $1', [uuidOf('deployment', id)]);
    expect(row).toEqual({ plan_id: 'LOCAL', generation: 1 });
  });

  it('counts the clients of a deployment that runs, not those that it once had', async () => {
    await reportCounters(api, machineId, id, { sequence: 1, gauges: { clients: 3, memoryBytes: 2 ** 40 } });
    await reportState(api, machineId, id, { state: 'ASLEEP', incarnation: null });
    expect((await choices()).find(({ plan }) => plan.id === 'TINY')).toMatchObject({ allowed: true });
  });

  it('answers QUOTA_EXCEEDED where the organization has as many of that plan as it may', async () => {
    await ada.mutate('createDeployment', { name: `tiny${names}`, planId: 'TINY' }, CHANGE);
    expect(codes(await resize({ planId: 'TINY' }))).toEqual([['QUOTA_EXCEEDED', 'input.planId']]);
  });

  it('waits for what is being done: an operation that somebody follows is not overtaken', async () => {
    await ada.mutate('stopDeployment', { id }, CHANGE);
    expect(codes(await resize({ planId: 'SERVERLESS' }))).toEqual([['OPERATION_IN_PROGRESS', 'input.id']]);
    await reportState(api, machineId, id, { generation: 2, state: 'STOPPED', incarnation: null });
    expect(await resize({ planId: 'SERVERLESS' })).toMatchObject({ deployment: { phase: 'STOPPING' }, operation: { verb: 'RESIZE' } });
  });
});
