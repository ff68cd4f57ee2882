/** Story 11: what is secret stands only where it is kept: in no log, no table, no job, no environment, no other file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { type Canaries, hits, inFiles, inProcesses, inTables } from './support/canary.ts';
import { connectTls } from './support/clients.ts';
import { type RunningSystem, startSystem } from './support/system.ts';

describe('canary secrets', () => {
  let system: RunningSystem;
  let deployed: Deployed;
  let canaries: Canaries;
  const secret = (name: string) => readFileSync(join(system.home, 'secrets', name), 'utf8').trim();

  beforeAll(async () => {
    system = await startSystem({ LOG_LEVEL: 'trace' });
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    deployed = await api.deploy('canary', { idempotencyKey: 'canary' });
    await (await connectTls(deployed, { ca: system.ca })).endAsync();
    const mistyped = `${deployed.secret}x`;
    await connectTls({ ...deployed, secret: mistyped }, { ca: system.ca }).catch(() => {});
    canaries = {
      'secret of a credential': deployed.secret,
      'password of the operator': system.login.password,
      'API key': system.login.apiKey,
      'master key': secret('kek'),
      'session secret': secret('session'),
      'database password of the api': secret('database-rookery_api'),
      'database password of the provisioner': secret('database-rookery_provisioner'),
      'database password of the queue': secret('database-rookery_jobs'),
      'database password of the owner': secret('database-owner'),
    };
  });
  afterAll(async () => {
    await system.stop();
    system.remove();
  });

  it('are found where they are kept, so that the search means something', () => {
    for (const [name, value] of Object.entries(canaries))
      expect(hits(Buffer.from(`x${value}y`), canaries, 'here')).toContain(`${name} in here`);
    const kept = inFiles(join(system.home, 'secrets'), canaries);
    expect(kept.some((hit) => hit.startsWith('master key'))).toBe(true);
    expect(inFiles(system.home, canaries).some((hit) => hit.includes('first-login.json'))).toBe(true);
  });

  it('stand in no environment and no argument of any process', () => {
    expect(existsSync(`/proc/${system.launcher.pid}/environ`)).toBe(true);
    expect(inProcesses(canaries)).toEqual([]);
  });

  it('stand in no table and no job', async () => {
    expect(await inTables(secret('database-url'), canaries)).toEqual([]);
  });

  it('stand in no log, no data file and no policy on disk', () => {
    const except = ['secrets', 'first-login.json'].map((name) => join(system.home, name));
    expect(inFiles(system.home, canaries, except)).toEqual([]);
  });
});
