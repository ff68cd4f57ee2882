/** `docker compose up` from nothing to a device that connects; base images come from scripts/ci/base-images.sh. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../../scripts/lib/paths.ts';
import { runStep } from '../../scripts/lib/run-step.ts';
import { Api } from '../support/api.ts';
import { containersOf } from '../support/containers.ts';
import { connectTls, until } from '../support/clients.ts';
import { freePorts } from '../support/system.ts';

export async function composeStory({ say }: { say: (line: string) => void }): Promise<void> {
  const first = await freePorts(20);
  const folder = mkdtempSync(join(tmpdir(), 'rookery-compose-'));
  const url = `http://localhost:${first}`;
  const override = join(folder, 'ports.yml');
  // The shared TLS ports serve domains only; a test must not need 8883 to be free.
  writeFileSync(override, `services:\n  edge:\n    ports: !override ['127.0.0.1:${first + 1}-${first + 19}:${first + 1}-${first + 19}']\n`);
  const env = {
    NODE_IMAGE: process.env.NODE_IMAGE ?? 'rookery-base/node',
    POSTGRES_IMAGE: process.env.POSTGRES_IMAGE ?? 'rookery-base/postgres',
    TERRAFORM_IMAGE: process.env.TERRAFORM_IMAGE ?? 'rookery-base/terraform',
    VALKEY_IMAGE: process.env.VALKEY_IMAGE ?? 'rookery-base/valkey',
    BUILD_NETWORK: 'host',
    ROOKERY_PORT: String(first),
    ROOKERY_MQTT_PORTS: `${first + 1}-${first + 19}`,
    PUBLIC_URL: url,
    ROOKERY_ENGINE_SOCKET: (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').slice('unix://'.length),
    ROOKERY_DATA: join(folder, 'data'),
    ROOKERY_RUN: join(folder, 'run'),
    COMPOSE_PROJECT_NAME: `rookery-story-${first}`,
  };
  const compose = async (...args: string[]) => {
    const result = await runStep('docker', ['compose', '-f', inRoot('docker-compose.yml'), '-f', override, ...args], { env });
    if (!result.ok) throw new Error(`docker compose ${args.join(' ')} failed:\n${result.output.slice(-4_000)}`);
    return result;
  };
  try {
    // One after the other: what the images share is built once by every builder.
    const built = [await compose('build', 'api'), await compose('build')];
    say(`images built in ${built.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0)} s`);
    const up = await compose('up', '-d', '--wait', '--wait-timeout', '120', 'api', 'worker', 'edge', 'agent');
    say(`up in ${up.seconds.toFixed(1)} s`);
    await compose('up', '-d', 'set-up');
    let link = '';
    await until(
      async () => {
        link = /\/sign-up\?setup=([\w.-]+)/.exec((await compose('logs', '--no-log-prefix', 'set-up')).output)?.[1] ?? '';
        return link !== '';
      },
      'the set-up link',
      30_000,
    );
    const api = await operator(url, link);
    const deployed = await api.deploy('by-compose');
    const { deployment } = await api.query('query ($id: ID!) { deployment(id: $id) { isolation } }', { id: deployed.id });
    if (deployment.isolation !== 'container') throw new Error(`isolation is ${deployment.isolation}`);
    const listing = ['node', 'services/provisioner/dist/operator.js', 'stack', deployed.id, 'state', 'list'];
    const { output: resources } = await compose('exec', '-T', 'worker', ...listing);
    if (!/docker_container\.runtime/.test(resources)) throw new Error(`the stack has no container: ${resources}`);
    say(`terraform state list: ${resources.trim()}`);
    const ca = await (await fetch(`${url}/ca.pem`)).text();
    const client = await connectTls(deployed, { ca });
    await client.endAsync();
    const [container] = await containersOf(`rookery.deployment=${deployed.id}`);
    const { Memory, MemorySwap, PidsLimit, NetworkMode, ReadonlyRootfs, CapDrop } = container!.HostConfig;
    if (Memory !== MemorySwap || PidsLimit !== 64 || NetworkMode !== 'none' || !ReadonlyRootfs)
      throw new Error('the container has no limits');
    say(`a device connected; its container: ${JSON.stringify({ Memory, MemorySwap, PidsLimit, NetworkMode, ReadonlyRootfs, CapDrop })}`);
    const removed = await api.mutate('deleteDeployment', 'operation { id }', { id: deployed.id });
    const { state } = await api.operation(removed.operation.id);
    if (state !== 'SUCCEEDED' || (await containersOf(`rookery.deployment=${deployed.id}`)).length > 0) throw new Error('it is not gone');
  } catch (error) {
    say((await runStep('docker', ['compose', '-f', inRoot('docker-compose.yml'), 'logs', '--tail', '40'], { env })).output);
    throw error;
  } finally {
    await compose('down', '-v', '--timeout', '20').catch((error: Error) => say(error.message));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Signs up with the set-up link and makes an API key, as the operator would in a browser. */
async function operator(url: string, setup: string): Promise<Api> {
  const response = await fetch(`${url}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: 'operator@example.test', password: 'a long enough passphrase', name: 'Operator', setup }),
  });
  if (!response.ok) throw new Error(`sign-up answered ${response.status}: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const { secret } = await new Api(`${url}/graphql`, null, cookie).mutate('createApiKey', 'secret', { name: 'story' });
  return new Api(`${url}/graphql`, secret);
}
