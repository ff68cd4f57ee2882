import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { place } from '../test-support/placement.js';
import { getText, openStream, type OpenedStream, postJson } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
let machineId: string;
let ids: string[];
const streams: OpenedStream[] = [];
const open = async (lastEventId?: string, socket = api.privateSocket, machine = machineId) => {
  const stream = await openStream(socket, machine, lastEventId);
  streams.push(stream);
  return stream;
};
const addCredential = (deploymentId: string) => ada.mutate('createCredential', { deploymentId }, 'secret');

beforeAll(async () => {
  api = await startTestApi();
  await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
  ids = [];
  for (const name of ['a', 'b']) {
    const { id } = (await ada.mutate('createDeployment', { name }, 'deployment { id }'))['deployment'];
    await place(api, machineId, id, 20_000 + ids.length);
    ids.push(id);
  }
});
afterEach(() => streams.splice(0).forEach((stream) => stream.close()));
afterAll(() => api.close());

describe('a machine stream', () => {
  it('begins with all deployments of the machine, whole, and no other', async () => {
    const other = await joinMachine(api.privateSocket, 'other');
    expect((await (await open(undefined, api.privateSocket, other.machineId)).next('snapshot')).data).toEqual({
      deployments: [],
      complete: true,
    });
    const { data, id } = await (await open()).next('snapshot');
    expect(data.complete).toBe(true);
    expect(data.deployments.map((each: any) => each.runtime.deploymentId)).toEqual(ids);
    expect(data.deployments[0]).toMatchObject({
      runtime: { state: 'RUNNING', ports: { mqtts: 20_000 } },
      policy: { revision: 1, quotas: { clientsMax: 10_000 } },
    });
    expect(Number(id)).toBeGreaterThan(0);
  });

  it('tells a change of policy, and goes on from a cursor without telling it again', async () => {
    const stream = await open();
    await stream.next('snapshot');
    await addCredential(ids[0]!);
    const change = await stream.next('change');
    expect(change.data).toMatchObject({ deploymentId: ids[0], policy: { revision: 2 } });
    stream.close();
    await addCredential(ids[1]!);
    const resumed = await open(change.id!);
    expect((await resumed.next('change')).data).toMatchObject({ deploymentId: ids[1], policy: { revision: 2 } });
    expect(resumed.waiting()).toEqual([]);
  });

  it('misses none of many changes that race', async () => {
    const stream = await open();
    await stream.next('snapshot');
    await Promise.all(Array.from({ length: 20 }, (_, i) => addCredential(ids[i % 2]!)));
    const newest = new Map<string, number>();
    while ((newest.get(ids[0]!) ?? 0) < 12 || (newest.get(ids[1]!) ?? 0) < 12) {
      const { data } = await stream.next('change');
      expect(data.policy.revision).toBeGreaterThan(newest.get(data.deploymentId) ?? 0);
      newest.set(data.deploymentId, data.policy.revision);
    }
    expect([...newest.values()]).toEqual([12, 12]);
  });

  it('starts anew for a cursor that it does not know', async () => {
    for (const cursor of ['999999', 'nonsense']) {
      const stream = await open(cursor);
      await stream.next('reset');
      expect((await stream.next('snapshot')).data.deployments).toHaveLength(2);
    }
  });

  it('moves to another api with the machine, and the old one lets go', async () => {
    const other = await api.another();
    const first = await open();
    await first.next('snapshot');
    const second = await open(undefined, other.privateSocket);
    await second.next('snapshot');
    first.close();
    await first.ended;
    await expect
      .poll(() => api.sql('SELECT api_url FROM machine_streams WHERE machine_id IN (SELECT id FROM machines WHERE name = $1)', ['machine']))
      .toEqual([{ api_url: `unix:${other.privateSocket}` }]);
  });

  it('is one per machine: a second closes the first', async () => {
    const first = await open();
    const second = await open();
    await first.ended;
    await second.next('snapshot');
  });

  it('is refused to a machine that never joined', async () => {
    expect((await getText(api.privateSocket, '/agent/stream?machineId=mch_01h455vb4pex5vsknk084sn02q')).status).toBe(404);
    expect((await getText(api.privateSocket, '/agent/stream?machineId=x')).status).toBe(404);
  });
});

describe('the private listener', () => {
  it('is healthy, ready and measured', async () => {
    expect(await getText(api.privateSocket, '/healthz')).toMatchObject({ status: 200 });
    expect(await getText(api.privateSocket, '/readyz')).toMatchObject({ status: 200 });
    expect((await getText(api.privateSocket, '/metrics')).text).toContain('process_cpu_seconds_total');
  });

  it('answers wrong calls clearly', async () => {
    expect(await getText(api.privateSocket, '/agent/join')).toMatchObject({ status: 404 });
    expect(await postJson(api.privateSocket, '/agent/join', '{')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(await postJson(api.privateSocket, '/agent/join', { name: 5 })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('name') },
    });
  });

  it('keeps the id of a machine that joins again', async () => {
    const body = {
      machineId,
      name: 'machine',
      region: 'local',
      cell: 'local-1',
      isolation: 'plain',
      host: 'localhost',
      domain: 'mqtt.example.com',
      mqttPorts: { first: 1, last: 2 },
      sharedPorts: { mqtts: 8883, wss: 8084 },
    };
    expect(await postJson(api.privateSocket, '/agent/join', body)).toMatchObject({ status: 200, body: { machineId } });
    const { connection } = (
      await ada.ask('query($id: ID!) { deployment(id: $id) { slug connection { host mqttsPort wssUrl } } }', { id: ids[0] })
    ).data!['deployment'];
    expect(connection).toMatchObject({
      host: expect.stringMatching(/^a-.*\.mqtt\.example\.com$/),
      mqttsPort: 8883,
      wssUrl: expect.stringContaining(':8084/mqtt'),
    });
  });
});
