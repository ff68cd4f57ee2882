/** Story 3: what a person changes in the control plane is enforced on clients that are connected now. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { connectTls, until } from './support/clients.ts';

describe('live policy', () => {
  const system = inject('system');
  const api = new Api(system.graphqlUrl, system.apiKey);
  const ca = readFileSync(system.caFile, 'utf8');
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await api.deploy('live-policy');
  });

  it('shows a connected client, and lets a person disconnect it', async () => {
    const client = await connectTls(deployed, { ca, clientId: 'watched' });
    const query =
      'query ($id: ID!) { deployment(id: $id) { clients(first: 10) { totalCount nodes { clientId username transport protocolVersion remoteAddress } unavailable { code } } } }';
    const { deployment } = await api.query(query, { id: deployed.id });
    expect(deployment.clients).toMatchObject({
      totalCount: 1,
      unavailable: null,
      nodes: [{ clientId: 'watched', username: 'device', transport: 'TLS', protocolVersion: '5.0' }],
    });
    expect(deployment.clients.nodes[0].remoteAddress).toMatch(/^127\.0\.0\.1|^::/);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    expect(await api.mutate('disconnectClient', 'disconnected', { deploymentId: deployed.id, clientId: 'watched' })).toMatchObject({
      disconnected: true,
    });
    await closed;
  });

  it('cuts the clients of a deleted credential within a second, and refuses them afterwards', async () => {
    const { credential, secret } = await api.mutate('createCredential', 'credential { id } secret', {
      deploymentId: deployed.id,
      username: 'revoked',
    });
    let client: Awaited<ReturnType<typeof connectTls>> | null = null;
    await until(
      async () => (client = await connectTls({ ...deployed, username: 'revoked', secret }, { ca }).catch(() => null)) !== null,
      'the new credential to work',
      2_000,
    );
    const closed = new Promise<number>((resolve) => client!.once('close', () => resolve(Date.now())));
    const deletedAt = Date.now();
    await api.mutate('deleteCredential', 'deletedId', { id: credential.id });
    expect((await closed) - deletedAt).toBeLessThan(1_000);
    await expect(connectTls({ ...deployed, username: 'revoked', secret }, { ca })).rejects.toThrow();
  });

  it('stops with data kept: a retained message is there after a start', async () => {
    const publisher = await connectTls(deployed, { ca });
    await publisher.publishAsync('kept', 'still here', { retain: true, qos: 1 });
    const stopped = await api.mutate('stopDeployment', 'operation { id }', { id: deployed.id });
    expect((await api.operation(stopped.operation.id)).state).toBe('SUCCEEDED');
    await expect(connectTls(deployed, { ca })).rejects.toThrow();
    const started = await api.mutate('startDeployment', 'operation { id }', { id: deployed.id });
    expect((await api.operation(started.operation.id)).state).toBe('SUCCEEDED');
    const subscriber = await connectTls(deployed, { ca });
    const message = new Promise<string>((resolve) => subscriber.once('message', (_topic, payload) => resolve(payload.toString())));
    await subscriber.subscribeAsync('kept');
    expect(await message).toBe('still here');
    await subscriber.endAsync();
  });

  it('leaves nothing of a deleted deployment', async () => {
    const doomed = await api.deploy('doomed');
    const deleted = await api.mutate('deleteDeployment', 'operation { id }', { id: doomed.id });
    expect((await api.operation(deleted.operation.id)).state).toBe('SUCCEEDED');
    expect((await api.query('query ($id: ID!) { deployment(id: $id) { id } }', { id: doomed.id })).deployment).toBeNull();
    await expect(connectTls(doomed, { ca })).rejects.toThrow();
  });
});
