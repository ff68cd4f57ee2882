import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signUp, startTestApi, joinMachine, type Tenant, type TestApi } from '../test-support/test-api.js';
import { slugFor } from './new-deployment.js';

let api: TestApi;
let operator: Tenant;
let ada: Tenant;
const SELECTION =
  'deployment { id name slug phase version durability plan { id } region { id } deletionProtection } operation { id verb state requestedBy }';
const create = (input: Record<string, unknown>, tenant = ada) => tenant.mutate('createDeployment', input, SELECTION);
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);

beforeAll(async () => {
  api = await startTestApi();
  operator = await signUp(api.url);
  ada = await signUp(api.url);
});
afterAll(() => api.close());

describe('createDeployment', () => {
  it('answers UNKNOWN_REGION while no machine ever joined', async () => {
    expect(codes(await create({ name: 'early' }))).toEqual([['UNKNOWN_REGION', 'input.region']]);
    await joinMachine(api.privateSocket);
  });

  it('stores the wish, opens an operation and notes it for the provisioner', async () => {
    const { deployment, operation, userErrors } = await create({ name: 'Sensors', durability: 'RELAXED', deletionProtection: true });
    expect(userErrors).toEqual([]);
    expect(deployment).toMatchObject({
      name: 'Sensors',
      phase: 'CREATING',
      version: 1,
      durability: 'RELAXED',
      plan: { id: 'LOCAL' },
      region: { id: 'local' },
      deletionProtection: true,
    });
    expect(deployment.slug).toMatch(/^sensors-[a-z0-9]{8}$/);
    expect(operation).toMatchObject({ verb: 'CREATE', state: 'PENDING', requestedBy: expect.stringContaining('API key rk_') });
    const due = await api.sql<{ due: boolean }>('SELECT due_at <= now() AS due FROM reconciliations');
    expect(due).toEqual([{ due: true }]);
    const jobs = await api.sql<{ data: { deploymentId: string } }>(`SELECT data FROM jobs.job`);
    expect(jobs.map((job) => job.data)).toEqual([{ deploymentId: deployment.id }]);
  });

  it('sleeps after what its plan says, unless told otherwise', async () => {
    const sleepOf = async (input: Record<string, unknown>) =>
      (await ada.mutate('createDeployment', input, 'deployment { sleepAfterSeconds asleepSince wakeCount lastWake { ms: milliseconds } }'))[
        'deployment'
      ];
    const awake = { asleepSince: null, wakeCount: 0, lastWake: null };
    expect(await sleepOf({ name: 'by-plan' })).toEqual({ ...awake, sleepAfterSeconds: 900 });
    expect(await sleepOf({ name: 'soon', sleepAfterSeconds: 1 })).toEqual({ ...awake, sleepAfterSeconds: 1 });
    expect(await sleepOf({ name: 'never', sleepAfterSeconds: null })).toEqual({ ...awake, sleepAfterSeconds: null });
  });

  it('names every field that is wrong', async () => {
    const payload = await create({ name: ' ', idempotencyKey: '' });
    expect(codes(payload)).toEqual([
      ['INVALID_INPUT', 'input.name'],
      ['INVALID_INPUT', 'input.idempotencyKey'],
    ]);
    expect(payload['deployment']).toBeNull();
  });

  it('refuses a name that the project has, an unknown plan and an unknown region', async () => {
    expect(codes(await create({ name: 'Sensors' }))).toEqual([['NAME_TAKEN', 'input.name']]);
    expect(codes(await create({ name: 'x', planId: 'GOLD' }))).toEqual([['UNKNOWN_PLAN', 'input.planId']]);
    expect(codes(await create({ name: 'x', planId: 'DEDICATED_1K' }))).toEqual([['UNKNOWN_PLAN', 'input.planId']]);
    expect(codes(await create({ name: 'x', region: 'mars' }))).toEqual([['UNKNOWN_REGION', 'input.region']]);
  });

  it('takes the same name in another organization', async () => {
    expect(codes(await create({ name: 'Sensors' }, operator))).toEqual([]);
  });

  it('asks for the project where there are two', async () => {
    const bob = await signUp(api.url);
    const { project } = await bob.mutate('createProject', { name: 'Second' }, 'project { id }');
    expect(codes(await create({ name: 'x' }, bob))).toEqual([['INVALID_INPUT', 'input.projectId']]);
    expect(codes(await create({ name: 'x', projectId: project.id }, bob))).toEqual([]);
  });

  it('counts the deployments of a plan, also of requests that race', async () => {
    const eve = await signUp(api.url);
    const all = await Promise.all(Array.from({ length: 6 }, (_, i) => create({ name: `s${i}`, planId: 'SERVERLESS' }, eve)));
    expect(all.filter((payload) => payload['deployment'] !== null)).toHaveLength(2);
    const refused = all.find((payload) => payload['deployment'] === null)!;
    expect(refused['userErrors'][0]).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      details: { limit: 2, used: 2, plan: 'SERVERLESS', quota: 'deploymentsMax' },
    });
  });

  it('makes one deployment of fifty equal requests with one key, and refuses another body', async () => {
    const input = { name: 'once', idempotencyKey: 'key-1' };
    const all = await Promise.all(Array.from({ length: 50 }, () => create(input)));
    expect(new Set(all.map((payload) => JSON.stringify(payload))).size).toBe(1);
    expect(codes(await create({ ...input, name: 'other' }))).toEqual([['IDEMPOTENCY_MISMATCH', 'input.idempotencyKey']]);
  });

  it('does not exist for a project of somebody else', async () => {
    const foreign = codes(await create({ name: 'x', projectId: operator.projectId }));
    const none = codes(await create({ name: 'x', projectId: 'prj_01h455vb4pex5vsknk084sn02q' }));
    expect(foreign).toEqual([['NOT_FOUND', 'input.projectId']]);
    expect(none).toEqual(foreign);
  });

  it('writes the audit log', async () => {
    const rows = await api.sql(`SELECT action, context, after FROM audit_log WHERE action = 'createDeployment' ORDER BY id LIMIT 1`);
    expect(rows).toEqual([{ action: 'createDeployment', context: 'api', after: { name: 'Sensors', planId: 'LOCAL', regionId: 'local' } }]);
  });
});

describe('a slug', () => {
  it.each([
    ['Sensors', 'sensors-22222222'],
    ['  Größe — 2  ', 'gro-e-2-22222222'],
    ['日本', '22222222'],
    ['x'.repeat(64), `${'x'.repeat(40)}-22222222`],
  ])('of %j is a host label', (name, slug) => {
    expect(slugFor(name, () => 0)).toBe(slug);
    expect(slug).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
  });
});
