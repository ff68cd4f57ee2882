import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyDocumentSchema } from '@rookery/contracts/policy-document';
import type { MachineDeployment } from '@rookery/contracts/machine-protocol';
import { newId } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KnownDeployments, summaryOf } from './known-deployments.js';
import { seal, unseal } from './seal.js';

const log = createLogger('test', 'silent');

function deployment(revision: number): MachineDeployment {
  return {
    runtime: {
      deploymentId: newId('deployment'),
      organizationId: newId('organization'),
      generation: 1,
      state: 'RUNNING',
      slug: 'quiet-heron',
      ports: { mqtts: 20_000, mqtt: null },
      durability: 'durable',
      memoryBytesMax: 1,
      storeBytesMax: 1,
      brokerVersion: null,
    },
    policy: policyDocumentSchema.parse({ revision, credentials: [{ username: 'a', secretHash: `hmac-sha256:${'x'.repeat(43)}` }] }),
    sleepAfterSeconds: null,
  };
}

describe('what a machine remembers', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'rookery-known-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('opens only with its key, its name and its bytes unchanged', () => {
    const key = randomBytes(32);
    const sealed = seal(key, 'dep_a', { secret: 'pepper' });
    expect(sealed.includes('pepper')).toBe(false);
    expect(unseal(key, 'dep_a', sealed)).toEqual({ secret: 'pepper' });
    expect(() => unseal(key, 'dep_b', sealed)).toThrow();
    expect(() => unseal(randomBytes(32), 'dep_a', sealed)).toThrow();
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => unseal(key, 'dep_a', changed)).toThrow();
    }
  });

  it('gives back after a restart what it was last told', async () => {
    const key = randomBytes(32);
    const told = deployment(3);
    await new KnownDeployments(home, key, log).save(told);
    const again = new KnownDeployments(home, key, log);
    expect(again.load()).toEqual([summaryOf(told)]);
    expect(again.read(told.runtime.deploymentId)).toEqual(told);
  });

  it('refuses an older copy of a sealed file, so that a revoked credential stays revoked', async () => {
    const key = randomBytes(32);
    const known = new KnownDeployments(home, key, log);
    const old = deployment(3);
    await known.save(old);
    const file = join(known.folderOf(old.runtime.deploymentId), 'deployment.sealed');
    copyFileSync(file, join(home, 'copy'));
    await known.save({ ...old, policy: { ...old.policy, revision: 4, credentials: [] } });
    copyFileSync(join(home, 'copy'), file);
    expect(known.load()).toEqual([]);
    expect(() => known.read(old.runtime.deploymentId)).toThrow('older than 4');
  });

  it('is whole after a crash between its two files: what was saved last can be read', async () => {
    const key = randomBytes(32);
    const known = new KnownDeployments(home, key, log);
    const told = deployment(3);
    await known.save(told);
    const revision = join(known.folderOf(told.runtime.deploymentId), 'policy.revision');
    copyFileSync(revision, join(home, 'copy'));
    await known.save({ ...told, policy: { ...told.policy, revision: 4 } });
    copyFileSync(join(home, 'copy'), revision);
    expect(new KnownDeployments(home, key, log).read(told.runtime.deploymentId).policy.revision).toBe(4);
  });

  it('gives a deployment the same ticket keys for good, and no other the same', () => {
    const key = randomBytes(32);
    const [known, again] = [new KnownDeployments(home, key, log), new KnownDeployments(home, key, log)];
    expect(Buffer.from(known.ticketKeys('dep_a'), 'base64')).toHaveLength(48);
    expect(again.ticketKeys('dep_a')).toBe(known.ticketKeys('dep_a'));
    expect(known.ticketKeys('dep_b')).not.toBe(known.ticketKeys('dep_a'));
    expect(new KnownDeployments(home, randomBytes(32), log).ticketKeys('dep_a')).not.toBe(known.ticketKeys('dep_a'));
  });

  it('passes over a damaged file and keeps the others', async () => {
    const key = randomBytes(32);
    const known = new KnownDeployments(home, key, log);
    const [good, bad] = [deployment(1), deployment(1)];
    await known.save(good);
    await known.save(bad);
    writeFileSync(join(known.folderOf(bad.runtime.deploymentId), 'deployment.sealed'), 'torn');
    expect(known.load()).toEqual([summaryOf(good)]);
  });
});
