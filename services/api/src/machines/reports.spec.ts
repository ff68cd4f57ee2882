import { openDatabase } from '@rookery/db/pool';
import { asMachine, asOrganization } from '@rookery/db/transactions';
import { uuidOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lockDeployment } from '../deployments/deployments.repository.js';
import { place, reportCounters, reportState } from '../test-support/placement.js';
import { getText, postJson } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
let machineId: string;
let id: string;
let names = 0;
const MANY = 10_000;
const now = Date.now();
const at = (second: number) => new Date(now + second * 1_000);
const deployment = async () =>
  (
    await ada.ask(
      'query($id: ID!) { deployment(id: $id) { phase appliedRevision startedAt latest { clients messagesIn } limitHits { limit hits } } }',
      { id },
    )
  ).data!['deployment'];

beforeAll(async () => {
  api = await startTestApi();
  await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
});
afterAll(() => api.close());
beforeEach(async () => {
  id = (await ada.mutate('createDeployment', { name: `d${++names}` }, 'deployment { id }'))['deployment'].id;
  await place(api, machineId, id);
});

describe('what limits refused', () => {
  it('is shown by limit, the one met most often first, and unmet ones are left out', async () => {
    await reportCounters(api, machineId, id, {
      sequence: 1,
      counters: { limitHits: { clientsMax: 1, packetBytesMax: 2, retainedMax: 0 } },
    });
    expect((await deployment()).limitHits).toEqual([
      { limit: 'packetBytesMax', hits: 2 },
      { limit: 'clientsMax', hits: 1 },
    ]);
  });
});

describe('while somebody changes a deployment', () => {
  it('its machine is heard: a first report waits for nobody, so neither can wait for the other', async () => {
    const db = openDatabase(api.database.apiUrl, { applicationName: 'test', connectionsMax: 1, onError: () => {} });
    await asOrganization(db, ada.organizationId, async (tx) => {
      await lockDeployment(tx, ada.organizationId, id);
      await reportState(api, machineId, id, { state: 'RUNNING' });
      await reportCounters(api, machineId, id, { sequence: 1 });
    });
    expect(await deployment()).toMatchObject({ phase: 'RUNNING', latest: { clients: expect.any(Number) } });
    await db.$client.end();
  });
});

describe('on a machine of thousands', () => {
  it('a report of one deployment reads of the placements that one, and not all of the machine', async () => {
    const crowd = await signUp(api.url);
    const one = (await crowd.mutate('createDeployment', { name: 'one' }, 'deployment { id }'))['deployment'].id as string;
    await place(api, machineId, one);
    await api.sql(
      `WITH made AS (
         INSERT INTO deployments
         SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'name', 'many-' || n, 'slug', 'many-' || n))).*
         FROM deployments one, generate_series(1, $2::int) n WHERE one.id = $1 RETURNING id)
       INSERT INTO deployment_infrastructure SELECT (jsonb_populate_record(one, jsonb_build_object('deployment_id', made.id))).*
         FROM deployment_infrastructure one, made WHERE one.deployment_id = $1`,
      [uuidOf('deployment', one), MANY],
    );
    await api.sql('ANALYZE deployments, deployment_infrastructure');
    await reportState(api, machineId, one, { state: 'RUNNING' });
    const db = openDatabase(api.database.apiUrl, { applicationName: 'test', connectionsMax: 1, onError: () => {} });
    const wanted = sql`SELECT want_reconcile(${uuidOf('organization', crowd.organizationId)}::uuid, ${uuidOf('deployment', one)}::uuid)`;
    const { rows } = await asMachine(db, machineId, (tx) => tx.execute(sql`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${wanted}`));
    await db.$client.end();
    const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: Record<string, number> }];
    expect(plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!).toBeLessThan(MANY / 20);
  });
});

describe('the figures of the installation', () => {
  it('count what each limit refused, once per report, over new processes and all deployments', async () => {
    const hitsOf = async (limit: string) => {
      const { text } = await getText(api.privateSocket, '/metrics');
      return Number(new RegExp(`^rookery_limit_hits_total\\{process="api",limit="${limit}"\\} (\\d+)$`, 'm').exec(text)![1]);
    };
    const before = await hitsOf('inflightMax');
    const report = (incarnation: string, sequence: number, inflightMax: number) =>
      reportCounters(api, machineId, id, { incarnation, sequence, at: at(sequence), counters: { limitHits: { inflightMax } } });
    await report('i-1', 1, 4);
    await report('i-1', 2, 7);
    for (const sequence of [2, 1]) await report('i-1', sequence, 7);
    await report('i-2', 3, 2);
    expect((await hitsOf('inflightMax')) - before).toBe(9);
    expect(await hitsOf('storeBytesMax')).toBe(0);
  });
});

describe('state reports', () => {
  it('tell how it sleeps and how it last woke', async () => {
    const sleepOf = async () =>
      (
        await ada.ask(
          'query($id: ID!) { deployment(id: $id) { phase asleepSince nextWakeAt wakeCount lastWake { at cause milliseconds } } }',
          {
            id,
          },
        )
      ).data!['deployment'];
    const lastWake = { cause: 'due', at: at(-20).toISOString(), ms: 140 };
    const sleep = { asleepSince: at(-10).toISOString(), nextWakeAt: at(90).toISOString(), wakes: 3, lastWake };
    await reportState(api, machineId, id, { at: at(-10).toISOString(), state: 'ASLEEP', incarnation: null, sleep });
    const woke = { at: lastWake.at, cause: 'DUE', milliseconds: 140 };
    expect(await sleepOf()).toEqual({
      phase: 'ASLEEP',
      asleepSince: sleep.asleepSince,
      nextWakeAt: sleep.nextWakeAt,
      wakeCount: 3,
      lastWake: woke,
    });
    await reportState(api, machineId, id, { at: at(-9).toISOString(), sleep: { ...sleep, asleepSince: null, nextWakeAt: null, wakes: 4 } });
    expect(await sleepOf()).toEqual({ phase: 'RUNNING', asleepSince: null, nextWakeAt: null, wakeCount: 4, lastWake: woke });
  });

  it('count when they are newer, and call for the provisioner when they say something new', async () => {
    await api.sql('UPDATE reconciliations SET due_at = NULL');
    await reportState(api, machineId, id, { at: at(-5).toISOString() });
    expect(await api.sql('SELECT 1 FROM reconciliations WHERE due_at IS NOT NULL')).toHaveLength(1);
    await api.sql('UPDATE reconciliations SET due_at = NULL');
    await reportState(api, machineId, id, { at: at(-4).toISOString(), appliedRevision: 3 });
    expect(await api.sql('SELECT 1 FROM reconciliations WHERE due_at IS NOT NULL')).toHaveLength(0);
    await reportState(api, machineId, id, { at: at(-9).toISOString(), state: 'STOPPED', appliedRevision: 2 });
    expect(await deployment()).toMatchObject({ phase: 'RUNNING', appliedRevision: 3, startedAt: at(-5).toISOString() });
  });

  it('count again after the clock of the machine was set back', async () => {
    await reportState(api, machineId, id, { at: at(0).toISOString() });
    await reportState(api, machineId, id, { at: at(-3_600).toISOString(), state: 'EXITED' });
    expect((await deployment()).phase).toBe('DEGRADED');
    await reportCounters(api, machineId, id, { sequence: 1, at: at(0), gauges: { clients: 1 } });
    await reportCounters(api, machineId, id, { sequence: 2, at: at(-10), gauges: { clients: 2 } });
    expect((await deployment()).latest.clients).toBe(2);
  });

  it('of a deployment that is placed elsewhere, or gone, are refused and change nothing', async () => {
    const other = await joinMachine(api.privateSocket, 'other');
    expect(await reportState(api, other.machineId, id)).toEqual({ status: 200, body: { refused: [id] } });
    expect(await reportState(api, machineId, 'dep_01h455vb4pex5vsknk084sn02q')).toEqual({
      status: 200,
      body: { refused: ['dep_01h455vb4pex5vsknk084sn02q'] },
    });
    expect((await deployment()).phase).toBe('CREATING');
  });
});

describe('runtime reports', () => {
  it('that come twice or late change nothing', async () => {
    await reportCounters(api, machineId, id, { sequence: 1, at: at(-20), counters: { messagesReceived: 100 } });
    await reportCounters(api, machineId, id, { sequence: 2, at: at(-10), counters: { messagesReceived: 300 }, gauges: { clients: 5 } });
    for (const sequence of [2, 1])
      await reportCounters(api, machineId, id, { sequence, at: at(-10), counters: { messagesReceived: 9_999 }, gauges: { clients: 9 } });
    expect((await deployment()).latest).toEqual({ clients: 5, messagesIn: 20 });
  });

  it('of a new incarnation start the counters anew', async () => {
    await reportCounters(api, machineId, id, { sequence: 7, at: at(-3), counters: { messagesReceived: 1_000 } });
    await reportCounters(api, machineId, id, { incarnation: 'i-2', sequence: 1, at: at(-2), counters: { messagesReceived: 5 } });
    expect((await deployment()).latest.messagesIn).toBeNull();
    await reportCounters(api, machineId, id, { sequence: 8, at: at(-2.5), counters: { messagesReceived: 2_000 } });
    await reportCounters(api, machineId, id, { incarnation: 'i-2', sequence: 2, at: at(-1), counters: { messagesReceived: 15 } });
    expect((await deployment()).latest.messagesIn).toBe(10);
  });

  it('become one sample in ten seconds, which the series shows with its gaps', async () => {
    const start = new Date(Math.floor(now / 10_000) * 10_000 - 40_000);
    const send = (second: number, sequence: number, messagesReceived: number) =>
      reportCounters(api, machineId, id, { sequence, at: new Date(start.getTime() + second * 1_000), counters: { messagesReceived } });
    for (const [second, sequence, count] of [
      [1, 1, 0],
      [2, 2, 10],
      [9, 3, 80],
      [12, 4, 110],
      [31, 5, 500],
    ] as const)
      await send(second, sequence, count);
    expect(await api.sql('SELECT count(*)::int AS rows FROM metric_samples WHERE deployment_id = $1', [uuidOf('deployment', id)])).toEqual([
      { rows: 3 },
    ]);
    const { metrics } = (
      await ada.ask('query($id: ID!) { deployment(id: $id) { metrics(rangeSeconds: 60) { stepSeconds points { at messagesIn } } } }', {
        id,
      })
    ).data!['deployment'];
    const of = (second: number) =>
      metrics.points.find((point: { at: string }) => point.at === new Date(start.getTime() + second * 1_000).toISOString()).messagesIn;
    expect([metrics.stepSeconds, of(0), of(10), of(20), of(30)]).toEqual([10, null, 10, null, null]);
  });
});

describe('usage of the edge', () => {
  it('keeps the last count of each of its processes', async () => {
    const usage = (sequence: number, bytesIn: number) => ({
      deploymentId: id,
      incarnation: 'edge.1',
      sequence,
      bytesIn,
      bytesOut: 0,
      connectionSeconds: 1.5,
      connections: 1,
    });
    for (const [sequence, bytes] of [
      [1, 10],
      [3, 30],
      [2, 20],
      [3, 99],
    ] as const) {
      await postJson(api.privateSocket, '/agent/reports', { machineId, states: [], reports: [], usage: [usage(sequence, bytes)] });
    }
    expect(await api.sql('SELECT bytes_in, sequence FROM usage_meters')).toEqual([{ bytes_in: '30', sequence: '3' }]);
  });
});
