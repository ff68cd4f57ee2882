import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place, reportState } from '../test-support/placement.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let operator: Tenant;
let ada: Tenant;
let machineId: string;
const CELL = 'id name regionId kind weight full machines { id name lost state certificateExpiresAt deployments }';
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);
const cells = async () => (await operator.ask(`{ cells { ${CELL} } }`)).data!['cells'];

beforeAll(async () => {
  api = await startTestApi();
  operator = await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
});
afterAll(() => api.close());

describe('cells', () => {
  it('are the operator’s alone', async () => {
    for (const query of ['{ cells { id } }', '{ troubledDeployments { deploymentId } }'])
      expect((await ada.ask(query)).errors![0]!.extensions.code).toBe('FORBIDDEN');
    expect(codes(await ada.mutate('createCell', { regionId: 'local', name: 'x', kind: 'MACHINE' }, 'cell { id }'))).toEqual([
      ['FORBIDDEN', ''],
    ]);
    const [{ id }] = await cells();
    expect(codes(await ada.mutate('updateCell', { id, full: true }, 'cell { id }'))).toEqual([['FORBIDDEN', '']]);
    expect((await cells())[0].full).toBe(false);
  });

  it('show their machines with how many deployments each has', async () => {
    const { deployment } = await ada.mutate('createDeployment', { name: 'one' }, 'deployment { id }');
    await place(api, machineId, deployment.id);
    expect(await cells()).toMatchObject([
      {
        name: 'local-1',
        regionId: 'local',
        kind: 'MACHINE',
        weight: 100,
        full: false,
        machines: [{ id: machineId, lost: false, state: 'UP', certificateExpiresAt: null, deployments: 1 }],
      },
    ]);
  });

  it('are registered before their machines come, once each', async () => {
    const input = { regionId: 'eu-central', name: 'eu-1', kind: 'DOCKER', weight: 300 };
    const { cell } = await operator.mutate('createCell', input, `cell { ${CELL} }`);
    expect(cell).toMatchObject({ ...input, full: false, machines: [] });
    expect(codes(await operator.mutate('createCell', input, 'cell { id }'))).toEqual([['NAME_TAKEN', 'input.name']]);
    expect((await ada.ask('{ regions { id name available } }')).data!['regions']).toContainEqual({
      id: 'eu-central',
      name: 'Eu central',
      available: false,
    });
  });

  it('show a machine that was shut out; their region has room no more when it was the only one', async () => {
    const state = async () => (await cells()).flatMap((cell: any) => cell.machines)[0].state;
    const available = async () =>
      (await ada.ask('{ regions { id available } }')).data!['regions'].find((each: any) => each.id === 'local').available;
    expect(codes(await ada.mutate('revokeMachine', { id: machineId }, 'revokedId'))).toEqual([['FORBIDDEN', '']]);
    expect(codes(await ada.mutate('removeMachine', { id: machineId }, 'removedId'))).toEqual([['FORBIDDEN', '']]);
    expect(await state()).toBe('UP');
    await operator.mutate('revokeMachine', { id: machineId }, 'revokedId');
    expect([await state(), await available()]).toEqual(['REVOKED', false]);
    expect(await api.sql(`SELECT actor, before FROM audit_log WHERE action = 'revokeMachine' AND subject = $1`, [machineId])).toMatchObject(
      [{ actor: expect.stringMatching(/^key_/), before: { name: 'machine' } }],
    );
    await api.sql('UPDATE machines SET revoked_at = NULL, lost_at = now()');
    expect([await state(), await available()]).toEqual(['LOST', false]);
    await api.sql('UPDATE machines SET lost_at = NULL');
    expect(codes(await operator.mutate('revokeMachine', { id: 'mch_01h455vb4pex5vsknk084sn02q' }, 'revokedId'))).toEqual([
      ['NOT_FOUND', 'input.id'],
    ]);
  });

  it('that are full make their region unavailable', async () => {
    const id = (await cells()).find((cell: { name: string }) => cell.name === 'local-1').id;
    const available = async () =>
      (await ada.ask('{ regions { id available } }')).data!['regions'].find((each: any) => each.id === 'local').available;
    expect(await available()).toBe(true);
    expect((await operator.mutate('updateCell', { id, full: true, weight: 50 }, `cell { ${CELL} }`))['cell']).toMatchObject({
      full: true,
      weight: 50,
    });
    expect(await available()).toBe(false);
    await operator.mutate('updateCell', { id, full: false }, 'cell { id }');
    expect((await operator.mutate('updateCell', { id }, `cell { ${CELL} }`))['cell']).toMatchObject({ full: false, weight: 50 });
  });

  it.each([
    ['createCell', { regionId: 'local', name: 'No Name', kind: 'MACHINE' }, 'INVALID_INPUT', 'input.name'],
    ['createCell', { regionId: '-', name: 'x', kind: 'MACHINE' }, 'INVALID_INPUT', 'input.regionId'],
    ['createCell', { regionId: 'local', name: 'x', kind: 'MACHINE', weight: 0 }, 'INVALID_INPUT', 'input.weight'],
    ['updateCell', { id: 'cell_01h455vb4pex5vsknk084sn02q', full: true }, 'NOT_FOUND', 'input.id'],
    ['updateCell', { id: 'nothing', full: true }, 'NOT_FOUND', 'input.id'],
    ['updateCell', { id: 'cell_01h455vb4pex5vsknk084sn02q', weight: 10_001 }, 'INVALID_INPUT', 'input.weight'],
  ])('%s of %o answers %s', async (mutation, input, code, path) => {
    expect(codes(await operator.mutate(mutation, input, 'cell { id }'))).toEqual([[code, path]]);
  });
});

describe('troubledDeployments', () => {
  const troubled = async () =>
    (await operator.ask('{ troubledDeployments { deploymentId deploymentName organizationId phase reason verb attempts lastError } }'))
      .data!['troubledDeployments'];

  it('name what failed, of any organization, and repairDeployment drives it again', async () => {
    const { deployment } = await ada.mutate('createDeployment', { name: 'broken' }, 'deployment { id }');
    expect(await troubled()).toEqual([]);
    await place(api, machineId, deployment.id, 20_010);
    await reportState(api, machineId, deployment.id, { state: 'FAILED', problem: { code: 'STORE_CORRUPT', message: 'It is damaged.' } });
    expect(await troubled()).toEqual([
      {
        deploymentId: deployment.id,
        deploymentName: 'broken',
        organizationId: ada.organizationId,
        phase: 'FAILED',
        reason: 'It is damaged.',
        verb: 'CREATE',
        attempts: 0,
        lastError: null,
      },
    ]);
    const repaired = await operator.mutate('repairDeployment', { id: deployment.id }, 'deployment { phase } operation { verb state }');
    expect(repaired).toMatchObject({ deployment: { phase: 'CREATING' }, operation: { verb: 'REPAIR', state: 'PENDING' }, userErrors: [] });
    expect(await troubled()).toEqual([]);
  });

  it('name what is tried again and again, and what takes too long', async () => {
    const { deployment } = await ada.mutate('createDeployment', { name: 'stuck' }, 'deployment { id }');
    const uuid = uuidOf('deployment', deployment.id);
    await api.sql(`UPDATE reconciliations SET attempts = 3, last_error = 'the engine is away' WHERE deployment_id = $1`, [uuid]);
    expect(await troubled()).toMatchObject([{ deploymentName: 'stuck', attempts: 3, lastError: 'the engine is away' }]);
    await api.sql('UPDATE reconciliations SET attempts = 0 WHERE deployment_id = $1', [uuid]);
    expect(await troubled()).toEqual([]);
    await api.sql(`UPDATE operations SET created_at = now() - interval '2 minutes' WHERE deployment_id = $1`, [uuid]);
    expect(await troubled()).toMatchObject([{ deploymentName: 'stuck', verb: 'CREATE' }]);
  });

  it('are not repaired by strangers, nor when nothing is wrong', async () => {
    const eve = await signUp(api.url);
    const { deployment } = await ada.mutate('createDeployment', { name: 'well' }, 'deployment { id }');
    await place(api, machineId, deployment.id, 20_020);
    await reportState(api, machineId, deployment.id);
    expect(codes(await eve.mutate('repairDeployment', { id: deployment.id }, 'operation { id }'))).toEqual([['NOT_FOUND', 'input.id']]);
    expect(codes(await ada.mutate('repairDeployment', { id: deployment.id }, 'operation { id }'))).toEqual([
      ['PHASE_CONFLICT', 'input.id'],
    ]);
  });
});

describe('a cell that makes machines', () => {
  const aws = {
    region: 'eu-central-1',
    vpcId: 'vpc-0123456789abcdef0',
    subnets: [{ id: 'subnet-0123456789abcdef0', availabilityZone: 'eu-central-1a' }],
    imageId: 'ami-0123456789abcdef0',
    controlPlaneUrl: 'https://machines.example.com',
  };
  const AWS = 'id kind aws { region subnets { id availabilityZone } imageId instanceType dataGib finalSnapshot kmsKeyArn }';
  const selectable = async () => {
    const plans = (await ada.ask('{ plans { id selectable } }')).data!['plans'] as { id: string; selectable: boolean }[];
    return plans.find(({ id }) => id === 'DEDICATED_1K')!.selectable;
  };

  it.each([
    [{ kind: 'AWS' }, 'input.aws'],
    [{ kind: 'MACHINE', aws }, 'input.aws'],
    [{ kind: 'AWS', aws: { ...aws, region: 'Frankfurt' } }, 'input.aws.region'],
    [{ kind: 'AWS', aws: { ...aws, subnets: [] } }, 'input.aws.subnets'],
    [{ kind: 'AWS', aws: { ...aws, subnets: [{ ...aws.subnets[0], id: 'net' }] } }, 'input.aws.subnets.0.id'],
    [{ kind: 'AWS', aws: { ...aws, secretRecoveryDays: 3 } }, 'input.aws.secretRecoveryDays'],
    [{ kind: 'AWS', aws: { ...aws, controlPlaneUrl: 'http://machines.example.com' } }, 'input.aws.controlPlaneUrl'],
  ])('is refused with the place of the fault: %o', async (part, path) => {
    const input = { regionId: 'eu-aws', name: 'aws-1', ...part };
    expect(codes(await operator.mutate('createCell', input, 'cell { id }'))).toEqual([['INVALID_INPUT', path]]);
  });

  it('opens its region and the dedicated plans to everybody, and changes in place', async () => {
    expect(await selectable()).toBe(false);
    expect(codes(await ada.mutate('createDeployment', { name: 'mine', planId: 'DEDICATED_1K' }, 'deployment { id }'))).toEqual([
      ['UNKNOWN_PLAN', 'input.planId'],
    ]);
    const { cell } = await operator.mutate('createCell', { regionId: 'eu-aws', name: 'aws-1', kind: 'AWS', aws }, `cell { ${AWS} }`);
    const { region, subnets, imageId } = aws;
    expect(cell).toMatchObject({
      kind: 'AWS',
      aws: { region, subnets, imageId, instanceType: 't4g.medium', dataGib: 50, kmsKeyArn: null },
    });
    expect(await selectable()).toBe(true);
    const made = await ada.mutate('createDeployment', { name: 'mine', planId: 'DEDICATED_1K' }, 'deployment { id region { id } }');
    expect(made).toMatchObject({ userErrors: [], deployment: { region: { id: 'eu-aws' } } });
    expect(await api.sql('SELECT dedicated FROM deployments WHERE id = $1', [uuidOf('deployment', made['deployment'].id)])).toEqual([
      { dedicated: true },
    ]);
    const changed = { ...aws, imageId: 'ami-0fedcba9876543210', instanceType: 'm7g.large' };
    expect((await operator.mutate('updateCell', { id: cell.id, aws: changed }, `cell { ${AWS} }`))['cell'].aws).toMatchObject({
      imageId: changed.imageId,
      instanceType: 'm7g.large',
    });
    const other = (await cells()).find((each: { kind: string }) => each.kind === 'MACHINE').id;
    expect(codes(await operator.mutate('updateCell', { id: other, aws }, 'cell { id }'))).toEqual([['INVALID_INPUT', 'input.aws']]);
    await operator.mutate('updateCell', { id: cell.id, full: true }, 'cell { id }');
    expect(await selectable()).toBe(false);
  });
});
