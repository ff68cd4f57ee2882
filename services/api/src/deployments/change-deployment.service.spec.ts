import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';
import { place, reportState } from '../test-support/placement.js';

let api: TestApi;
let operator: Tenant;
let ada: Tenant;
let machineId: string;
let id: string;
let names = 0;
const DEPLOYMENT =
  'deployment { id name phase version policyRevision deletionProtection quotas { clientsMax sessionsMax credentialsMax } }';
const CHANGE = `${DEPLOYMENT} operation { id verb state }`;
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);
const phaseOf = async (deployment: string) =>
  (await ada.ask('query($id: ID!) { deployment(id: $id) { phase phaseReason startedAt isolation } }', { id: deployment })).data![
    'deployment'
  ];

beforeAll(async () => {
  api = await startTestApi();
  operator = await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
});
afterAll(() => api.close());
beforeEach(async () => {
  ({ id } = (await ada.mutate('createDeployment', { name: `d${++names}` }, DEPLOYMENT))['deployment']);
});

async function running(): Promise<void> {
  await place(api, machineId, id);
  await reportState(api, machineId, id);
}

describe('updateDeployment', () => {
  it('changes name and protection, and the version grows', async () => {
    const payload = await ada.mutate(
      'updateDeployment',
      { id, name: `renamed${names}`, deletionProtection: true, expectedVersion: 1 },
      CHANGE,
    );
    expect(payload['deployment']).toMatchObject({ name: `renamed${names}`, deletionProtection: true, version: 2 });
    expect(payload['operation']).toBeNull();
  });

  it('sets when it sleeps, which its machine hears like a policy; null means never', async () => {
    const SLEEP = 'deployment { sleepAfterSeconds policyRevision }';
    const change = async (input: object) => (await ada.mutate('updateDeployment', { id, ...input }, SLEEP))['deployment'];
    expect(await change({ sleepAfterSeconds: 60 })).toEqual({ sleepAfterSeconds: 60, policyRevision: 2 });
    expect(await change({ sleepAfterSeconds: 60, deletionProtection: false })).toEqual({ sleepAfterSeconds: 60, policyRevision: 2 });
    expect(await change({ sleepAfterSeconds: null })).toEqual({ sleepAfterSeconds: null, policyRevision: 3 });
    expect(await change({ name: `left-out${names}` })).toEqual({ sleepAfterSeconds: null, policyRevision: 3 });
  });

  it('sets when it expires; null means never, and what is left out stays', async () => {
    const change = async (input: object) =>
      (await ada.mutate('updateDeployment', { id, ...input }, 'deployment { expiresAt }'))['deployment'].expiresAt;
    const at = new Date(Date.now() + 3_600_000).toISOString();
    expect(await change({ expiresAt: at })).toBe(at);
    expect(await change({ name: `kept${names}` })).toBe(at);
    expect(await change({ expiresAt: null })).toBeNull();
  });

  it.each([
    ['INVALID_INPUT', 'input.expiresAt', () => ({ id, expiresAt: new Date(Date.now() - 1_000).toISOString() })],
    ['INVALID_INPUT', 'input.sleepAfterSeconds', () => ({ id, sleepAfterSeconds: 0 })],
    ['INVALID_INPUT', 'input.sleepAfterSeconds', () => ({ id, sleepAfterSeconds: 2_592_001 })],
    ['VERSION_CONFLICT', 'input.expectedVersion', () => ({ id, expectedVersion: 7, name: 'x' })],
    ['INVALID_INPUT', 'input.name', () => ({ id, name: 'x'.repeat(65) })],
    ['NAME_TAKEN', 'input.name', () => ({ id, name: `d${names}` })],
    ['NOT_FOUND', 'input.id', () => ({ id: 'dep_01h455vb4pex5vsknk084sn02q', name: 'x' })],
    ['NOT_FOUND', 'input.id', () => ({ id: 'no id', name: 'x' })],
  ])('answers %s at %s', async (code, path, input) => {
    await ada.mutate('createDeployment', { name: `d${++names}` }, DEPLOYMENT);
    expect(codes(await ada.mutate('updateDeployment', input(), CHANGE))).toEqual([[code, path]]);
  });
});

describe('stopDeployment, startDeployment', () => {
  it('follow the machine through the phases', async () => {
    await place(api, machineId, id);
    await reportState(api, machineId, id, { state: 'STARTING' });
    expect(await phaseOf(id)).toMatchObject({ phase: 'CREATING', startedAt: null });
    await reportState(api, machineId, id);
    expect(await phaseOf(id)).toMatchObject({ phase: 'RUNNING', isolation: 'unshare', startedAt: expect.any(String) });

    const stopped = await ada.mutate('stopDeployment', { id }, CHANGE);
    expect(stopped).toMatchObject({ deployment: { phase: 'STOPPING' }, operation: { verb: 'STOP', state: 'PENDING' } });
    await reportState(api, machineId, id, { generation: 2, state: 'STOPPED', incarnation: null });
    expect(await phaseOf(id)).toMatchObject({ phase: 'STOPPED', startedAt: null });

    const started = await ada.mutate('startDeployment', { id }, CHANGE);
    expect(started).toMatchObject({ deployment: { phase: 'STARTING' }, operation: { verb: 'START' } });
    await reportState(api, machineId, id, { generation: 3, incarnation: 'i-2' });
    expect(await phaseOf(id)).toMatchObject({ phase: 'RUNNING' });

    await reportState(api, machineId, id, {
      generation: 3,
      incarnation: 'i-2',
      state: 'EXITED',
      problem: { code: 'RUNTIME_START_FAILED', message: 'It died.' },
    });
    expect(await phaseOf(id)).toMatchObject({ phase: 'DEGRADED', phaseReason: 'It died.' });
  });

  it('refuse what is so already, a foreign version and an id that is not there', async () => {
    expect(codes(await ada.mutate('startDeployment', { id }, CHANGE))).toEqual([['PHASE_CONFLICT', 'input.id']]);
    await ada.mutate('stopDeployment', { id }, CHANGE);
    expect(codes(await ada.mutate('stopDeployment', { id }, CHANGE))).toEqual([['PHASE_CONFLICT', 'input.id']]);
    expect(codes(await ada.mutate('startDeployment', { id, expectedVersion: 1 }, CHANGE))).toEqual([
      ['VERSION_CONFLICT', 'input.expectedVersion'],
    ]);
    for (const mutation of ['stopDeployment', 'startDeployment', 'deleteDeployment']) {
      expect(codes(await ada.mutate(mutation, { id: 'dep_01h455vb4pex5vsknk084sn02q' }, CHANGE))).toEqual([['NOT_FOUND', 'input.id']]);
    }
  });

  it('cancel the operation that they overtake: the last wish counts', async () => {
    await ada.mutate('stopDeployment', { id }, CHANGE);
    await ada.mutate('startDeployment', { id }, CHANGE);
    const list = await ada.ask('query($id: ID!) { operations(deploymentId: $id) { nodes { verb state errorCode } } }', { id });
    expect(list.data!['operations'].nodes).toEqual([
      { verb: 'START', state: 'PENDING', errorCode: null },
      { verb: 'STOP', state: 'CANCELLED', errorCode: 'CANCELLED' },
      { verb: 'CREATE', state: 'CANCELLED', errorCode: 'CANCELLED' },
    ]);
  });

  it('may be asked again once it has failed', async () => {
    await running();
    await reportState(api, machineId, id, { state: 'FAILED', problem: { code: 'STORE_CORRUPT', message: 'The data on disk is damaged.' } });
    expect(await phaseOf(id)).toMatchObject({ phase: 'FAILED', phaseReason: 'The data on disk is damaged.' });
    expect(codes(await ada.mutate('startDeployment', { id }, CHANGE))).toEqual([]);
  });
});

describe('deleteDeployment', () => {
  it('is refused while the deployment is protected', async () => {
    await ada.mutate('updateDeployment', { id, deletionProtection: true }, CHANGE);
    expect(codes(await ada.mutate('deleteDeployment', { id }, CHANGE))).toEqual([['DELETION_PROTECTED', 'input.id']]);
  });

  it('ends every other wish', async () => {
    await running();
    const payload = await ada.mutate('deleteDeployment', { id }, CHANGE);
    expect(payload).toMatchObject({ deployment: { phase: 'DELETING' }, operation: { verb: 'DELETE' } });
    for (const mutation of ['stopDeployment', 'startDeployment', 'deleteDeployment']) {
      expect(codes(await ada.mutate(mutation, { id }, CHANGE))).toEqual([['PHASE_CONFLICT', 'input.id']]);
    }
    expect(codes(await ada.mutate('createCredential', { deploymentId: id }, 'secret'))).toEqual([['PHASE_CONFLICT', 'input.deploymentId']]);
  });
});

describe('setDeploymentQuotas', () => {
  const set = (who: Tenant, quotas: Record<string, unknown>, deploymentId = id) =>
    who.mutate('setDeploymentQuotas', { deploymentId, quotas }, DEPLOYMENT);

  it("is the operator's, in any organization, and makes a new revision of the policy", async () => {
    const payload = await set(operator, { clientsMax: 100 });
    expect(payload['deployment']).toMatchObject({ policyRevision: 2, version: 2, quotas: { clientsMax: 100, sessionsMax: 20_000 } });
  });

  it('answers FORBIDDEN to a tenant, NOT_FOUND where nothing is, INVALID_INPUT for a bad number', async () => {
    expect(codes(await set(ada, { clientsMax: 1 }))).toEqual([['FORBIDDEN', 'input.deploymentId']]);
    expect(codes(await set(operator, { clientsMax: 1 }, 'dep_01h455vb4pex5vsknk084sn02q'))).toEqual([['NOT_FOUND', 'input.deploymentId']]);
    expect(codes(await set(operator, { clientsMax: 0, topicLevelsMax: 101 }))).toEqual([
      ['INVALID_INPUT', 'input.quotas.clientsMax'],
      ['INVALID_INPUT', 'input.quotas.topicLevelsMax'],
    ]);
  });
});

describe('viewerCan', () => {
  it('says what the mutations would say', async () => {
    await ada.mutate('updateDeployment', { id, deletionProtection: true }, CHANGE);
    const query =
      'query($id: ID!) { deployment(id: $id) { viewerCan { start { allowed reason } stop { allowed } delete { allowed reason } setQuotas { allowed } disconnectClient { reason } } } }';
    expect((await ada.ask(query, { id })).data!['deployment'].viewerCan).toEqual({
      start: { allowed: false, reason: 'It is started already.' },
      stop: { allowed: true },
      delete: { allowed: false, reason: 'Deletion protection is on.' },
      setQuotas: { allowed: false },
      disconnectClient: { reason: 'It is not running.' },
    });
  });
});

describe('upgradeDeployment', () => {
  const [OLD, NEW] = ['0.1.0+00000000000a', '0.1.0+00000000000b'];
  const VERSIONS = `deployment { phase brokerVersion availableBrokerVersion autoUpgrade viewerCan { upgrade { allowed reason } } } operation { verb state }`;
  const machineHas = (version: string | null) => api.sql('UPDATE machines SET runtime_version = $1', [version]);
  const versions = async () => {
    const fields = 'brokerVersion availableBrokerVersion autoUpgrade viewerCan { upgrade { allowed reason } }';
    return (await ada.ask(`query($id: ID!) { deployment(id: $id) { ${fields} } }`, { id })).data!['deployment'];
  };
  const desired = async () =>
    (await api.sql('SELECT broker_version, auto_upgrade, generation FROM deployments WHERE id = $1', [uuidOf('deployment', id)]))[0];

  beforeEach(async () => {
    await machineHas(OLD);
    await place(api, machineId, id);
    await reportState(api, machineId, id, { brokerVersion: OLD });
  });

  it('asks for what the machine has now, as an operation of its own', async () => {
    await machineHas(NEW);
    expect(await versions()).toMatchObject({ brokerVersion: OLD, availableBrokerVersion: NEW, viewerCan: { upgrade: { allowed: true } } });
    const payload = await ada.mutate('upgradeDeployment', { id }, VERSIONS);
    expect(payload).toMatchObject({ deployment: { phase: 'UPDATING' }, operation: { verb: 'UPGRADE', state: 'PENDING' } });
    expect(await desired()).toMatchObject({ broker_version: NEW, generation: 2 });
    expect(codes(await ada.mutate('upgradeDeployment', { id }, VERSIONS))).toEqual([['OPERATION_IN_PROGRESS', 'input.id']]);
    await reportState(api, machineId, id, { generation: 2, brokerVersion: NEW });
    expect(await versions()).toMatchObject({ brokerVersion: NEW, viewerCan: { upgrade: { allowed: false } } });
  });

  it('has nothing to do on the newest version, nor before the machine has said which that is', async () => {
    expect((await versions()).viewerCan.upgrade.reason).toBe('It has the newest version of its machine.');
    expect(codes(await ada.mutate('upgradeDeployment', { id }, VERSIONS))).toEqual([['PHASE_CONFLICT', 'input.id']]);
    await machineHas(null);
    expect((await versions()).viewerCan.upgrade.reason).toBe('Its machine has not said which version it has.');
  });

  it('keeps the version that was told last while a report says none', async () => {
    await reportState(api, machineId, id, { state: 'ASLEEP', incarnation: null });
    expect((await versions()).brokerVersion).toBe(OLD);
  });

  it('is not needed where the deployment follows by itself; who ends that stays on what runs', async () => {
    expect((await versions()).autoUpgrade).toBe(true);
    const set = (autoUpgrade: boolean) => ada.mutate('updateDeployment', { id, autoUpgrade }, VERSIONS);
    expect((await set(true))['deployment']).toMatchObject({ autoUpgrade: true, phase: 'RUNNING' });
    expect((await set(false))['deployment']).toMatchObject({ autoUpgrade: false, phase: 'UPDATING' });
    expect(await desired()).toEqual({ broker_version: OLD, auto_upgrade: false, generation: 2 });
  });
});
