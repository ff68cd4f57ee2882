/** From the mutation to the first CONNACK over TLS, as a script with an API key sees it, 50 deployments one after another. */
import { Api } from '../e2e/support/api.ts';
import { connectTls } from '../e2e/support/clients.ts';
import { startSystem } from '../e2e/support/system.ts';
import { meetsBar, percentile, type Row } from './report.ts';

const DEPLOYMENTS = 50;
const P50_BAR_MS = 400;
const P99_BAR_MS = 1_500;

export async function lifecycle(): Promise<Row[]> {
  const system = await startSystem({ ROOKERY_MQTT_PORTS: '30000-30199' });
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    // The policy lets anybody in only with a credential, so the first CONNACK proves that the policy is there too.
    const samples: number[] = [];
    for (let i = 0; i < DEPLOYMENTS; i++) samples.push(await createToConnack(api, system.ca, `bench-${i}`));
    const p50 = Math.round(percentile(samples, 0.5));
    const p99 = Math.round(percentile(samples, 0.99));
    const row = {
      case: 'create.process',
      value: p50,
      unit: 'ms',
      better: 'lower',
      p50,
      p99,
      bar: P50_BAR_MS,
      goal: 250,
      lost: DEPLOYMENTS - samples.length,
    } as const;
    return [{ ...row, pass: meetsBar(row) && p99 < P99_BAR_MS }];
  } finally {
    await system.stop();
    system.remove();
  }
}

async function createToConnack(api: Api, ca: string, name: string): Promise<number> {
  const started = performance.now();
  const created = await api.mutate('createDeployment', 'deployment { id } operation { id }', { name });
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
    await api.mutate('deleteDeployment', 'operation { id }', { id: created.deployment.id });
    return elapsed;
  }
}
