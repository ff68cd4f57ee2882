import { request } from 'node:http';
import { createClient } from 'graphql-ws';
import { expect, it } from 'vitest';
import WebSocket from 'ws';
import { openStream } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi } from '../test-support/test-api.js';

it('an api that is told to stop keeps nobody waiting: open waits, subscriptions, streams and idle connections end', async () => {
  const api = await startTestApi();
  const ada = await signUp(api.url);
  const { machineId } = await joinMachine(api.privateSocket);
  const { operation } = await ada.mutate('createDeployment', { name: 'd' }, 'operation { id }');
  const client = createClient({
    url: `${api.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${ada.apiKey}` },
    retryAttempts: 0,
  });
  const events = client.iterate({
    query: 'subscription($id: ID!) { operationUpdated(id: $id) { state } }',
    variables: { id: operation.id },
  });
  await events.next();
  const stream = await openStream(api.privateSocket, machineId);
  const half = request(`${api.url}/graphql`, { method: 'POST', headers: { 'content-length': 10 } });
  half.on('error', () => {});
  half.write('{');
  const waited = ada.ask('query($id: ID!) { operation(id: $id, waitSeconds: 60) { state } }', { id: operation.id });
  await new Promise((done) => setTimeout(done, 200));

  const began = Date.now();
  await api.close();
  expect(Date.now() - began).toBeLessThan(4_000);
  expect((await waited).data!['operation'].state).toBe('PENDING');
  await stream.ended;
});
