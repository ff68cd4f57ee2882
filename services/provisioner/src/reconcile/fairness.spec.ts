import { uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { type Claim, claimNext } from './claims.repository.js';
import { Places } from './places.js';
import { Reconciler } from './reconciler.js';

const PORTS = { first: 20_000, last: 20_099 };
const PROCESSORS = 4;

let installation: Installation;
let busy: { organizationId: string; projectId: string };
let other: { organizationId: string; projectId: string };

const worker = () =>
  new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: null, aws: null }), createLogger('test', 'silent'));

beforeAll(async () => {
  installation = await startInstallation();
  busy = await installation.addOrganization();
  other = await installation.addOrganization();
  await installation.addMachine(PORTS, undefined, PROCESSORS);
});
afterAll(() => installation.close());
afterEach(async () => {
  for (const table of ['deployments', 'operations']) await installation.sql(`DELETE FROM ${table}`);
});

async function queue(owner: { organizationId: string; projectId: string }, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await installation.addDeployment(owner));
  return ids;
}

/** Deployments whose machine was told and that have not come about yet. */
async function underWay(owner: { organizationId: string }): Promise<string[]> {
  const rows = await installation.sql<{ deployment_id: string }>(
    `SELECT i.deployment_id FROM deployment_infrastructure i JOIN operations o ON o.deployment_id = i.deployment_id AND o.state = 'RUNNING'
     WHERE i.organization_id = $1 ORDER BY 1`,
    [uuidOf('organization', owner.organizationId)],
  );
  return rows.map((row) => row.deployment_id);
}

async function comesAbout(id: string): Promise<void> {
  await installation.report(id, 'RUNNING');
  await worker().lookAtNext();
}

describe('what an organization has under way', () => {
  it('is as much as the machines have processors, by however many workers, and the next follows whatever came about', async () => {
    const ids = await queue(busy, 7);
    const workers = [worker(), worker()];
    await Promise.all(Array.from({ length: 12 }, (_, i) => workers[i % 2]!.lookAtNext()));
    expect(await underWay(busy)).toEqual(ids.slice(0, 4).map((id) => uuidOf('deployment', id)));
    await comesAbout(ids[2]!);
    expect(await underWay(busy)).toEqual([0, 1, 3, 4].map((at) => uuidOf('deployment', ids[at]!)));
  });

  it('is half of that while another wants something, which is served at once', async () => {
    const ids = await queue(busy, 8);
    await worker().lookAtNext();
    const [theirs] = await queue(other, 1);
    await worker().lookAtNext();
    expect(await underWay(other)).toEqual([uuidOf('deployment', theirs!)]);
    for (const id of ids.slice(0, 2)) await comesAbout(id);
    expect(await underWay(busy)).toEqual([2, 3].map((at) => uuidOf('deployment', ids[at]!)));
    await comesAbout(ids[2]!);
    expect(await underWay(busy)).toEqual([3, 4].map((at) => uuidOf('deployment', ids[at]!)));
    // Nobody else wants anything any more.
    await comesAbout(theirs!);
    expect(await underWay(busy)).toHaveLength(4);
  });

  it('is kept by the tables alone: a worker that comes after a dead one begins nothing more', async () => {
    await queue(busy, 6);
    for (let i = 0; i < 4; i++) expect(await claimNext(installation.db)).not.toBeNull();
    expect(await claimNext(installation.db)).toBeNull();
    await installation.sql(
      `UPDATE reconciliations SET claimed_at = NULL, due_at = now(), awaited_since = now() WHERE claimed_at IS NOT NULL`,
    );
    await worker().lookAtNext();
    expect(await underWay(busy)).toHaveLength(4);
  });

  it('keeps nothing waiting for a machine that does not answer', async () => {
    const ids = await queue(busy, 5);
    await worker().lookAtNext();
    expect(await underWay(busy)).toHaveLength(4);
    await installation.sql(`UPDATE reconciliations SET awaited_since = now() - interval '11 s' WHERE awaited_since IS NOT NULL`);
    await worker().lookAtNext();
    expect(await underWay(busy)).toHaveLength(ids.length);
  });

  it('does not count what failed', async () => {
    const ids = await queue(busy, 5);
    await worker().lookAtNext();
    await installation.report(ids[0]!, 'FAILED', { code: 'STORE_CORRUPT', message: 'The data on disk is damaged.' });
    await worker().lookAtNext();
    expect(await underWay(busy)).toEqual(ids.slice(1).map((id) => uuidOf('deployment', id)));
  });
});

describe('the places of a worker', () => {
  const claimOf = (organizationId: string): Claim => ({ organizationId, deploymentId: 'dep_1', wanted: 1, attempts: 0 });

  it('are never all one organization’s, also when all are taken at once', async () => {
    const places = new Places(2);
    const claim = async (full: readonly string[]) => claimOf(full.includes('busy') ? 'other' : 'busy');
    const taken = await Promise.all(Array.from({ length: 4 }, () => places.take(claim)));
    expect(taken.map((each) => each!.organizationId)).toEqual(['busy', 'busy', 'other', 'other']);
    places.free(taken[0]!);
    expect((await places.take(claim))!.organizationId).toBe('busy');
  });

  it('go on after a claim that failed', async () => {
    const places = new Places(1);
    await expect(places.take(() => Promise.reject(new Error('the database is away')))).rejects.toThrow('away');
    expect(await places.take(async (full) => (full.length > 0 ? null : claimOf('busy')))).not.toBeNull();
  });
});
