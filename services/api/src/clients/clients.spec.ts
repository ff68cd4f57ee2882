import type { ClientSnapshot } from '@rookery/contracts/questions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place, reportState } from '../test-support/placement.js';
import { openStream, type OpenedStream, postJson } from '../test-support/private-calls.js';
import { graphql, joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let other: { url: string; privateSocket: string };
let ada: Tenant;
let stream: OpenedStream;
let machineId: string;
let id: string;

const CLIENT: ClientSnapshot = {
  clientId: 'c1',
  username: 'sensor',
  connected: true,
  protocolVersion: '5.0',
  transport: 'tls',
  tlsVersion: 'TLSv1.3',
  remoteAddress: '10.0.0.7',
  connectedAt: '2026-11-24T00:00:00.000Z',
  disconnectedAt: null,
  cleanStart: true,
  keepAliveSeconds: 60,
  sessionExpirySeconds: 4_294_967_295,
  subscriptions: 1,
  inflight: 0,
  queueLength: 0,
  messagesReceived: 5_000_000_000,
  messagesSent: 0,
  messagesDropped: 0,
  messagesSentPerSecond: 2_000,
};
const LIST =
  'query($id: ID!) { deployment(id: $id) { clients(first: 10, search: "c") { nodes { clientId transport protocolVersion messagesReceived subscriptionCount } totalCount pageInfo { hasNextPage endCursor } unavailable { code } } } }';

beforeAll(async () => {
  api = await startTestApi();
  other = await api.another();
  await signUp(api.url);
  ada = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
  id = (await ada.mutate('createDeployment', { name: 'd' }, 'deployment { id }'))['deployment'].id;
  await place(api, machineId, id);
  await reportState(api, machineId, id);
  stream = await openStream(api.privateSocket, machineId);
  await stream.next('snapshot');
});
afterAll(async () => {
  stream.close();
  await api.close();
});

/** Answers the next question as the agent does, at whichever api it likes. */
async function answer(value: unknown, at = api.privateSocket) {
  const { data: question } = await stream.next('question');
  const posted = await postJson(at, `/agent/answers/${question.questionId}?askedBy=${encodeURIComponent(question.askedBy)}`, value);
  expect(posted.status).toBe(204);
  return question;
}
const at = (url: string, query: string, variables: Record<string, unknown>) =>
  graphql(url, { authorization: `Bearer ${ada.apiKey}` }, query, variables);

describe('clients', () => {
  it('are asked of the running broker', async () => {
    const asked = ada.ask(LIST, { id });
    const question = await answer({ ok: true, value: { items: [CLIENT], endCursor: 'x', hasNextPage: true, totalCount: 7 } });
    expect(question).toMatchObject({ deploymentId: id, kind: 'clients.list', arguments: { first: 10, after: null, search: 'c' } });
    expect((await asked).data!['deployment'].clients).toEqual({
      nodes: [{ clientId: 'c1', transport: 'TLS', protocolVersion: '5.0', messagesReceived: 5_000_000_000, subscriptionCount: 1 }],
      totalCount: 7,
      pageInfo: { hasNextPage: true, endCursor: 'x' },
      unavailable: null,
    });
  });

  it('come with advice for one that receives too fast, and with the faults of one that was sent away', async () => {
    const asked = ada.ask(
      'query($id: ID!) { deployment(id: $id) { clients(first: 1) { nodes { messagesSentPerSecond advice { code } } } } }',
      { id },
    );
    await answer({ ok: true, value: { items: [CLIENT], endCursor: null, hasNextPage: false, totalCount: 1 } });
    expect((await asked).data!['deployment'].clients.nodes).toEqual([
      { messagesSentPerSecond: 2_000, advice: [{ code: 'RECEIVE_RATE_HIGH' }] },
    ]);
    const faults = ada.ask(
      'query($id: ID!) { deployment(id: $id) { clientFaults(clientId: "c9") { at reasonCode message remoteAddress } } }',
      { id },
    );
    const fault = { at: '2026-11-24T00:00:00.000Z', reasonCode: 0x81, message: 'the topic is not UTF-8', remoteAddress: null };
    const question = await answer({ ok: true, value: { items: [fault] } });
    expect(question).toMatchObject({ kind: 'clients.faults', arguments: { clientId: 'c9' } });
    expect((await faults).data!['deployment'].clientFaults).toEqual([fault]);
  });

  it('are found one by one with their subscriptions', async () => {
    const asked = ada.ask(
      'query($id: ID!) { deployment(id: $id) { client(clientId: "c1") { clientId subscriptions { topicFilter qos } } } }',
      { id },
    );
    const subscription = { clientId: 'c1', topicFilter: 'a/#', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 };
    await answer({ ok: true, value: { ...CLIENT, subscriptionList: [subscription] } });
    expect((await asked).data!['deployment'].client).toEqual({ clientId: 'c1', subscriptions: [{ topicFilter: 'a/#', qos: 1 }] });
  });

  it('are asked through the api that holds the stream, and answered through any', async () => {
    const asked = at(other.url, LIST, { id });
    await answer({ ok: true, value: { items: [CLIENT], endCursor: null, hasNextPage: false, totalCount: 1 } }, api.privateSocket);
    expect((await asked).data!['deployment'].clients.totalCount).toBe(1);
    const again = at(api.url, LIST, { id });
    await answer({ ok: true, value: { items: [], endCursor: null, hasNextPage: false, totalCount: 0 } }, other.privateSocket);
    expect((await again).data!['deployment'].clients.totalCount).toBe(0);
  });

  it.each(['RUNTIME_UNREACHABLE', 'RUNTIME_ASLEEP'])('say %s when the machine does', async (code) => {
    const asked = ada.ask(LIST, { id });
    await answer({ ok: false, code, message: '' });
    expect((await asked).data!['deployment'].clients).toMatchObject({ nodes: [], unavailable: { code } });
  });

  it('say RUNTIME_TIMEOUT after two seconds', async () => {
    const began = Date.now();
    expect((await ada.ask(LIST, { id })).data!['deployment'].clients.unavailable.code).toBe('RUNTIME_TIMEOUT');
    expect(Date.now() - began).toBeLessThan(2_600);
    await stream.next('question');
  });
});

describe('disconnectClient', () => {
  const disconnect = (input: Record<string, unknown>) => ada.mutate('disconnectClient', { clientId: 'c1', ...input }, 'disconnected');
  const codes = (payload: Record<string, any>) => payload['userErrors'].map((error: { code: string }) => error.code);

  it('tells whether there was such a client', async () => {
    const asked = disconnect({ deploymentId: id });
    expect(await answer({ ok: true, value: { disconnected: true } })).toMatchObject({
      kind: 'clients.disconnect',
      arguments: { clientId: 'c1' },
    });
    expect(await asked).toEqual({ disconnected: true, userErrors: [] });
  });

  it('answers NOT_FOUND, PHASE_CONFLICT and RUNTIME_UNREACHABLE', async () => {
    expect(codes(await disconnect({ deploymentId: 'dep_01h455vb4pex5vsknk084sn02q' }))).toEqual(['NOT_FOUND']);
    const { id: idle } = (await ada.mutate('createDeployment', { name: 'idle' }, 'deployment { id }'))['deployment'];
    expect(codes(await disconnect({ deploymentId: idle }))).toEqual(['PHASE_CONFLICT']);
    stream.close();
    await stream.ended;
    await expect.poll(async () => codes(await disconnect({ deploymentId: id }))).toEqual(['RUNTIME_UNREACHABLE']);
    stream = await openStream(api.privateSocket, machineId);
  });
});
