/** Two workers and one stack: what the one does that the other does not know of. With the real terraform, without a provider. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Envelope } from '@rookery/service-kit/envelope';
import { identify } from '@rookery/service-kit/processes';
import { skip } from '@rookery/service-kit/test-support/skip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STACK_GONE } from '../../reconcile/steps.js';
import { type Installation, startInstallation } from '../../test-support/installation.js';
import { untilEnded } from './run.js';
import { Stack, type StackKind } from './stack.js';
import { PostgresVault } from './state-vault.js';

const binary = process.env['TERRAFORM_BIN'] ?? 'terraform';
const found = spawnSync(binary, ['version'], { stdio: 'ignore' }).status === 0 ? true : skip('terraform is not installed');
const KIND: StackKind = { name: 'test', passedOn: [], timeoutMs: 30_000 };
/** Makes a file once it may, and removes it. */
const MAIN = `
variable "file" { type = string }
resource "terraform_data" "thing" {
  input = var.file
  provisioner "local-exec" { command = "touch \${self.input}; until [ -e \${self.input}.go ]; do sleep 0.05; done" }
  provisioner "local-exec" {
    when    = destroy
    command = "rm \${self.input}"
  }
}
`;

describe.skipIf(found === null)('a stack at which two workers are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rk-stack-'));
  let installation: Installation;

  beforeAll(async () => {
    installation = await startInstallation();
    mkdirSync(join(folder, 'source/stacks/test'), { recursive: true });
    mkdirSync(join(folder, 'source/modules'));
    writeFileSync(join(folder, 'source/stacks/test/main.tf'), MAIN);
  });
  afterAll(async () => {
    await installation.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken back by the one that made it while the other removed it', { timeout: 60_000 }, async () => {
    const owner = await installation.addOrganization();
    const key = { organizationId: owner.organizationId, deploymentId: await installation.addDeployment(owner) };
    const vault = new PostgresVault(installation.db, new Envelope(Buffer.alloc(32, 1)));
    const worker = (name: string) =>
      new Stack({ binary, source: join(folder, 'source'), home: join(folder, name), vault, db: installation.db }, key, KIND);
    const file = join(folder, 'made');
    const [slow, quick] = [worker('slow'), worker('quick')];
    const applied = slow.apply({ file }, () => {});
    const refused = expect(applied).rejects.toThrow('was removed by another worker');
    await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
    await quick.destroy({ file }, () => {});
    await quick.note(STACK_GONE);
    writeFileSync(`${file}.go`, '');
    await refused;
    expect(existsSync(file)).toBe(false);
    expect(await vault.read(key)).toBeNull();
    expect(existsSync(slow.folder)).toBe(false);
  });
});

it('a run of a worker that died is waited for, and ended where its time is over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rk-run-'));
  await untilEnded(folder, 0);
  for (const [seconds, timeoutMs] of [
    [0.5, 10_000],
    [60, 300],
  ] as const) {
    const child = spawn('sleep', [String(seconds)], { detached: true, stdio: 'ignore' });
    writeFileSync(join(folder, 'running.json'), JSON.stringify(identify(child.pid!)));
    const startedAt = Date.now();
    await untilEnded(folder, timeoutMs);
    expect(Date.now() - startedAt).toBeGreaterThan(250);
    await sleep(50);
    expect(identify(child.pid!)).toBeNull();
    expect(existsSync(join(folder, 'running.json'))).toBe(false);
  }
});
