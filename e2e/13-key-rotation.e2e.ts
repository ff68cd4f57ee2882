/** Story 13: the installation's key is rotated while everything runs: nothing is refused, nothing becomes unreadable. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot, NODE } from '../scripts/lib/paths.ts';
import { runStep } from '../scripts/lib/run-step.ts';
import { Api, type Deployed } from './support/api.ts';
import { connectTls } from './support/clients.ts';
import { type RunningSystem, startSystem } from './support/system.ts';

describe('key rotation', () => {
  let system: RunningSystem;
  let api: Api;
  let before: Deployed;

  beforeAll(async () => {
    system = await startSystem();
    api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    before = await api.deploy('before');
  });
  afterAll(async () => {
    await system.stop();
    system.remove();
  });

  const operator = (verb: string) => runStep(NODE, [inRoot('scripts/operator.ts'), 'keys', verb], { env: { ROOKERY_HOME: system.home } });
  const keys = () =>
    readFileSync(join(system.home, 'secrets', 'kek'), 'utf8')
      .split('\n')
      .filter(Boolean);
  async function newCredentialWorks(deployed: Deployed, username: string): Promise<void> {
    const { secret } = await api.mutate('createCredential', 'secret', { deploymentId: deployed.id, username });
    await api.untilApplied(deployed.id);
    await (await connectTls({ ...deployed, username, secret }, { ca: system.ca })).endAsync();
  }

  it('seals all anew while tenants go on, and then needs the old key no more', async () => {
    const [old] = keys();
    const rotating = operator('rotate');
    const during = await api.deploy('during');
    await newCredentialWorks(before, 'during');
    const rotated = await rotating;
    expect(rotated.output).toContain('No secret needs an older key');
    expect(keys()).toEqual([expect.any(String), old]);
    await newCredentialWorks(before, 'after');

    expect((await operator('retire')).output).toContain('Only the newest key is left');
    expect(keys()).toHaveLength(1);
    for (const deployed of [before, during, await api.deploy('after')]) await newCredentialWorks(deployed, 'last');
  });
});
