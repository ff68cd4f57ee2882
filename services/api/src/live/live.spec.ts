import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { place, reportCounters, reportState } from '../test-support/placement.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let ada: Tenant;
let eve: Tenant;
let machineId: string;
let id: string;
const sockets: Client[] = [];

function connect(who: { apiKey?: string; cookie?: string }, headers: Record<string, string> = {}): Client {
  class Socket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers: { ...headers, ...(who.cookie ? { cookie: who.cookie } : {}) } });
    }
  }
  const connectionParams = who.apiKey ? { authorization: `Bearer ${who.apiKey}` } : {};
  const client = createClient({
    url: `${api.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    connectionParams,
    retryAttempts: 0,
  });
  sockets.push(client);
  return client;
}
const follow = (who: { apiKey?: string; cookie?: string }, query: string, variables: Record<string, unknown>) =>
  connect(who).iterate<Record<string, any>>({ query, variables });
const DEPLOYMENT = 'subscription($id: ID!) { deploymentUpdated(id: $id) { phase name currentOperation { state } } }';

beforeAll(async () => {
  api = await startTestApi();
  await signUp(api.url);
  ada = await signUp(api.url);
  eve = await signUp(api.url);
  ({ machineId } = await joinMachine(api.privateSocket));
  id = (await ada.mutate('createDeployment', { name: 'd' }, 'deployment { id }'))['deployment'].id;
});
afterEach(() => sockets.splice(0).forEach((socket) => void socket.dispose()));
afterAll(() => api.close());

describe('subscriptions', () => {
  it('begin with the present and follow the deployment', async () => {
    const events = follow(ada, DEPLOYMENT, { id });
    expect((await events.next()).value.data['deploymentUpdated']).toMatchObject({
      phase: 'CREATING',
      currentOperation: { state: 'PENDING' },
    });
    await place(api, machineId, id);
    expect((await events.next()).value.data['deploymentUpdated'].phase).toBe('CREATING');
    await reportState(api, machineId, id);
    expect((await events.next()).value.data['deploymentUpdated'].phase).toBe('RUNNING');
  });

  it('follow all deployments of a project, and no other', async () => {
    const events = follow(ada, 'subscription($id: ID!) { deploymentsUpdated(projectId: $id) { name } }', { id: ada.projectId });
    const first = events.next();
    await new Promise((done) => setTimeout(done, 100));
    await eve.mutate('createDeployment', { name: 'hers' }, 'deployment { id }');
    await ada.mutate('createDeployment', { name: 'mine' }, 'deployment { id }');
    expect((await first).value.data['deploymentsUpdated']).toEqual({ name: 'mine' });
  });

  it('tell rates from the counters of reports', async () => {
    const events = follow(ada, 'subscription($id: ID!) { deploymentMetrics(id: $id) { clients messagesIn } }', { id });
    const first = events.next();
    await new Promise((done) => setTimeout(done, 100));
    const now = Date.now();
    await reportCounters(api, machineId, id, { sequence: 1, at: new Date(now - 2_000), gauges: { clients: 3 } });
    expect((await first).value.data['deploymentMetrics']).toEqual({ clients: 3, messagesIn: null });
    await reportCounters(api, machineId, id, {
      sequence: 2,
      at: new Date(now),
      counters: { messagesReceived: 500 },
      gauges: { clients: 4 },
    });
    expect((await events.next()).value.data['deploymentMetrics']).toEqual({ clients: 4, messagesIn: 250 });
  });

  it('take the cookie of a log-in session', async () => {
    const events = follow({ cookie: ada.cookie }, DEPLOYMENT, { id });
    expect((await events.next()).value.data['deploymentUpdated'].name).toBe('d');
  });

  it('answer an id of somebody else as one that is not there', async () => {
    const answers = [];
    for (const each of [id, 'dep_01h455vb4pex5vsknk084sn02q', 'nonsense']) {
      answers.push(
        await follow(eve, DEPLOYMENT, { id: each })
          .next()
          .then(
            (event) => event.value.errors,
            (error: unknown) => error,
          ),
      );
    }
    expect(JSON.stringify(answers[0])).toContain('NOT_FOUND');
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('are not opened for nobody, nor for the page of another site', async () => {
    const closed = (client: Client) =>
      client
        .iterate({ query: DEPLOYMENT, variables: { id } })
        .next()
        .then(
          () => 'open',
          (event: { code?: number }) => event.code,
        );
    expect(await closed(connect({}))).toBe(4403);
    expect(await closed(connect(ada, { origin: 'https://evil.example' }))).toBe(4403);
  });

  it('serve no queries and no mutations', async () => {
    const answer = await follow(ada, '{ viewer { isOperator } }', {})
      .next()
      .then(
        (event) => event.value.errors,
        (error: unknown) => error,
      );
    expect(JSON.stringify(answer)).toContain('Only subscriptions');
  });
});
