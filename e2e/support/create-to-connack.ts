/** How long a tenant waits: from the mutation to the first CONNACK of a device, over TLS. */
import type { Api } from './api.ts';
import { connectTls } from './clients.ts';

/** The policy lets anybody in only with a credential, so the first CONNACK proves that the policy is there too. */
export async function createToConnack(api: Api, ca: string, name: string, region: string): Promise<number> {
  const started = performance.now();
  const created = await api.mutate('createDeployment', 'deployment { id } operation { id }', { name, region });
  const [{ secret }, { state, errorCode }] = (await Promise.all([
    api.mutate('createCredential', 'secret', { deploymentId: created.deployment.id, username: 'device' }),
    api.operation(created.operation.id),
  ] as const)) as [{ secret: string }, { state: string; errorCode: string | null }];
  if (state !== 'SUCCEEDED') throw new Error(`${name} ended ${state}: ${errorCode}`);
  const data = await api.query('query ($id: ID!) { deployment(id: $id) { connection { host mqttsPort } } }', { id: created.deployment.id });
  const { host, mqttsPort } = data.deployment.connection as { host: string; mqttsPort: number };
  for (;;) {
    const client = await connectTls({ host, mqttsPort, username: 'device', secret }, { ca }).catch((error: { code?: unknown }) => {
      // The credential may be a few milliseconds behind the deployment.
      if (error.code === 0x86) return null;
      throw error;
    });
    if (client === null) continue;
    const elapsed = performance.now() - started;
    await client.endAsync();
    // Waited for: nothing of it is left in the engine when the system is taken down.
    const { operation } = await api.mutate('deleteDeployment', 'operation { id }', { id: created.deployment.id });
    await api.operation(operation.id);
    return elapsed;
  }
}
