import { createLogger } from '@rookery/service-kit/log';
import { uuidOf } from '@rookery/service-kit/ids';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Driver, driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { claimNext, releaseClaim } from './claims.repository.js';
import { Reconciler } from './reconciler.js';
import { resync } from './resync.js';

const log = createLogger('test', 'silent');
let installation: Installation;
let owner: { organizationId: string; projectId: string };
let reconciler: Reconciler;
let machineId: string;

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
  reconciler = new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: null, aws: null }), log);
});
afterAll(() => installation.close());
beforeEach(async () => {
  machineId = await installation.addMachine({ first: 20_000, last: 20_003 });
});
afterEach(async () => {
  for (const table of ['deployments', 'operations', 'machines']) await installation.sql(`DELETE FROM ${table}`);
});

const spec = async (id: string) =>
  (
    await installation.sql<{ spec: any; machine_id: string }>(
      'SELECT spec, machine_id FROM deployment_infrastructure WHERE deployment_id = $1',
      [uuidOf('deployment', id)],
    )
  )[0];

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await reconciler.lookAtNext();
}

describe('expiry', () => {
  const queue = { look: async () => {}, scheduleResync: async () => {}, ready: async () => {}, close: async () => {} };

  it('deletes a deployment whose time is over, once, with an operation to follow; a protected one stays', async () => {
    const [over, kept, later] = [
      await installation.addDeployment(owner),
      await installation.addDeployment(owner),
      await installation.addDeployment(owner),
    ];
    const expire = (id: string, when: string) =>
      installation.sql(`UPDATE deployments SET expires_at = now() + $2::interval WHERE id = $1`, [uuidOf('deployment', id), when]);
    await expire(over, '-1 second');
    await expire(kept, '-1 second');
    await expire(later, '1 hour');
    await installation.sql('UPDATE deployments SET deletion_protection = true WHERE id = $1', [uuidOf('deployment', kept)]);
    for (let i = 0; i < 2; i++) await resync(installation.db, queue, log);
    expect((await installation.operations(over)).map(({ verb, state }) => [verb, state])).toEqual([
      ['CREATE', 'CANCELLED'],
      ['DELETE', 'PENDING'],
    ]);
    expect(await installation.sql(`SELECT actor, action, subject FROM audit_log`)).toEqual([
      { actor: 'expiry', action: 'deleteDeployment', subject: over },
    ]);
    for (const id of [kept, later]) expect(await installation.operations(id)).toMatchObject([{ verb: 'CREATE', state: 'PENDING' }]);
  });
});

describe('a look', () => {
  it('brings a deployment from a wish to a running broker, and from there to nothing', async () => {
    const id = await installation.addDeployment(owner, { plainPort: true });
    await settle();
    expect(await installation.operations(id)).toEqual([{ verb: 'CREATE', state: 'RUNNING', percent: 66, error_code: null }]);
    expect(await spec(id)).toMatchObject({
      spec: { state: 'RUNNING', generation: 1, ports: { mqtts: 20_000, mqtt: 20_001 } },
      machine_id: uuidOf('machine', machineId),
    });
    expect(await installation.sql('SELECT kind FROM policy_changes')).toEqual([{ kind: 'runtime' }]);
    await installation.report(id, 'RUNNING');
    await settle();
    expect(await installation.operations(id)).toEqual([{ verb: 'CREATE', state: 'SUCCEEDED', percent: 100, error_code: null }]);
    expect(await installation.phase(id)).toBe('RUNNING');

    await installation.wish(id, 'STOPPED', 'STOP');
    await settle();
    expect(await spec(id)).toMatchObject({ spec: { state: 'STOPPED', generation: 2, ports: { mqtts: 20_000 } } });
    await installation.report(id, 'STOPPED');
    await settle();
    expect(await installation.phase(id)).toBe('STOPPED');

    await installation.wish(id, 'DELETED', 'DELETE');
    await settle();
    await installation.report(id, 'DELETED');
    await settle();
    expect((await installation.operations(id)).map((operation) => `${operation.verb} ${operation.state}`)).toEqual([
      'CREATE SUCCEEDED',
      'STOP SUCCEEDED',
      'DELETE SUCCEEDED',
    ]);
    for (const table of ['deployments', 'machine_ports', 'deployment_infrastructure', 'reconciliations'])
      expect(await installation.sql(`SELECT 1 FROM ${table}`)).toEqual([]);
  });

  it('does not take a wish that came meanwhile for done', async () => {
    const id = await installation.addDeployment(owner);
    await settle();
    await installation.report(id, 'RUNNING');
    // What the worker saw is older than the newest operation.
    await installation.wish(id, 'STOPPED', 'STOP');
    await installation.sql(`UPDATE deployments SET generation = 1, state = 'RUNNING'`);
    await settle();
    expect((await installation.operations(id)).map((operation) => `${operation.verb} ${operation.state}`)).toEqual([
      'CREATE SUCCEEDED',
      'STOP PENDING',
    ]);
  });

  it('fails with NO_CAPACITY where no machine is, and goes on once it is asked again', async () => {
    await installation.sql('UPDATE machines SET lost_at = now()');
    const id = await installation.addDeployment(owner);
    await settle();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED', error_code: 'NO_CAPACITY' }]);
    expect(await installation.phase(id)).toBe('FAILED');
    await installation.sql('UPDATE machines SET lost_at = NULL');
    await installation.wish(id, 'RUNNING', 'START');
    await settle();
    await installation.report(id, 'RUNNING');
    await settle();
    expect(await installation.phase(id)).toBe('RUNNING');
  });

  it('fails with PORTS_EXHAUSTED when the range is used up, and frees ports with their deployment', async () => {
    const first = await installation.addDeployment(owner, { plainPort: true });
    await installation.addDeployment(owner, { plainPort: true });
    await settle();
    const third = await installation.addDeployment(owner);
    await settle();
    expect(await installation.operations(third)).toMatchObject([{ state: 'FAILED', error_code: 'PORTS_EXHAUSTED' }]);
    await installation.wish(first, 'DELETED', 'DELETE');
    await settle();
    await installation.report(first, 'DELETED');
    await installation.wish(third, 'RUNNING', 'START');
    await settle();
    expect((await spec(third))!.spec.ports).toEqual({ mqtts: 20_000, mqtt: null });
  });

  it('fails with what the machine says', async () => {
    const id = await installation.addDeployment(owner);
    await settle();
    await installation.report(id, 'FAILED', { code: 'STORE_CORRUPT', message: 'The data on disk is damaged.' });
    await settle();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED', error_code: 'STORE_CORRUPT' }]);
    await installation.report(id, 'RUNNING');
    await settle();
    expect(await installation.phase(id), 'it came about after all').toBe('RUNNING');
  });

  it('does not wait for a machine for ever', async () => {
    const id = await installation.addDeployment(owner);
    await settle();
    await installation.sql(`UPDATE operations SET started_at = now() - interval '3 minutes'; UPDATE machines SET lost_at = now()`);
    await installation.sql('SELECT want_reconcile(organization_id, id) FROM deployments');
    await settle();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED', error_code: 'MACHINE_LOST' }]);
  });

  it('tries again what went wrong on our side, later each time, parks it in the end, and goes on when it is driven again', async () => {
    const id = await installation.addDeployment(owner);
    const broken: Driver = {
      place: () => Promise.reject(new Error('the disk is on fire')),
      configure: async () => {},
      apply: async () => {},
      destroy: async () => {},
      release: async () => {},
      inspect: async () => ({ there: false, facts: [] }),
    };
    const unlucky = new Reconciler(installation.db, broken, log);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      await expect(unlucky.lookAtNext()).rejects.toThrow('on fire');
      const [row] = await installation.sql<{ wait: number; last_error: string }>(
        'SELECT extract(epoch FROM due_at - now())::float AS wait, last_error FROM reconciliations',
      );
      expect(row!.last_error).toBe('the disk is on fire');
      waits.push(Math.round(row!.wait));
      await installation.sql('UPDATE reconciliations SET due_at = now()');
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300]);
    await unlucky.lookAtNext();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED', error_code: 'INTERNAL' }]);
    // Parked: nobody looks at it any more, until it is driven again.
    await resync(installation.db, { look: async () => {} }, log);
    expect(await claimNext(installation.db)).toBeNull();
    await installation.wish(id, 'RUNNING', 'REPAIR');
    await settle();
    await installation.report(id, 'RUNNING');
    await settle();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED' }, { verb: 'REPAIR', state: 'SUCCEEDED' }]);
    expect(await installation.phase(id)).toBe('RUNNING');
  });
});

describe('claims', () => {
  it('serve the organization for which least is being done', async () => {
    const other = await installation.addOrganization();
    for (let i = 0; i < 3; i++) await installation.addDeployment(owner);
    const theirs = await installation.addDeployment(other);
    const claims = [await claimNext(installation.db), await claimNext(installation.db)];
    expect(claims.map((claim) => claim!.organizationId)).toEqual([owner.organizationId, other.organizationId]);
    expect(claims[1]!.deploymentId).toBe(theirs);
  });

  it('are never held twice at once, and never forget a wish that came meanwhile', async () => {
    await installation.addDeployment(owner);
    const claim = (await claimNext(installation.db))!;
    expect(await claimNext(installation.db)).toBeNull();
    await installation.sql('SELECT want_reconcile(organization_id, id) FROM deployments');
    expect(await claimNext(installation.db)).toBeNull();
    await releaseClaim(installation.db, claim, { awaited: false });
    const again = (await claimNext(installation.db))!;
    await releaseClaim(installation.db, again, { awaited: false });
    expect(await claimNext(installation.db)).toBeNull();
  });

  it('of two workers at once end in one placement', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => installation.addDeployment(owner)));
    const second = new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: null, aws: null }), log);
    await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? reconciler : second).lookAtNext()));
    const ports = await installation.sql<{ port: number }>('SELECT port FROM machine_ports ORDER BY port');
    expect(ports.map((row) => row.port)).toEqual([20_000, 20_001, 20_002, 20_003]);
    expect(await installation.sql('SELECT 1 FROM policy_changes')).toHaveLength(ids.length);
  });
});

describe('the resync', () => {
  const looked: string[] = [];
  const queue = {
    look: async (ids: readonly string[]) => void looked.push(...ids),
    scheduleResync: async () => {},
    ready: async () => {},
    close: async () => {},
  };

  it('finds what is behind, the claims of the dead, and lost machines', async () => {
    const [forgotten, abandoned] = [await installation.addDeployment(owner), await installation.addDeployment(owner)];
    await installation.sql('UPDATE reconciliations SET due_at = NULL WHERE deployment_id = $1', [uuidOf('deployment', forgotten)]);
    await installation.sql(`UPDATE reconciliations SET due_at = now() - interval '1 s', claimed_at = now() WHERE deployment_id = $1`, [
      uuidOf('deployment', abandoned),
    ]);
    await installation.sql(`UPDATE machines SET seen_at = now() - interval '1 minute'`);
    await resync(installation.db, queue, log);
    expect(looked.splice(0).toSorted()).toEqual([forgotten, abandoned].toSorted());
    expect(await installation.sql('SELECT 1 FROM machines WHERE lost_at IS NOT NULL')).toHaveLength(1);
  });

  it('frees a claim at once when its worker died, and not while that one is at work', async () => {
    const id = await installation.addDeployment(owner);
    await installation.sql(`UPDATE reconciliations SET due_at = now() + interval '4 s', claimed_at = now() - interval '1 s'`);
    const holder = await installation.db.$client.connect();
    await holder.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [uuidOf('deployment', id)]);
    await resync(installation.db, queue, log);
    expect(looked).toEqual([]);
    await holder.query('SELECT pg_advisory_unlock_all()');
    holder.release();
    await resync(installation.db, queue, log);
    expect(looked.splice(0)).toEqual([id]);
  });

  it('leaves alone what is as wanted, or has failed', async () => {
    const id = await installation.addDeployment(owner);
    await settle();
    await installation.report(id, 'RUNNING');
    await settle();
    await resync(installation.db, queue, log);
    expect(looked).toEqual([]);
  });

  it('ends the operation of a deployment whose removal was not noted', async () => {
    const id = await installation.addDeployment(owner);
    await installation.sql('DELETE FROM deployments');
    await resync(installation.db, queue, log);
    expect(await installation.operations(id)).toMatchObject([{ state: 'SUCCEEDED', percent: 100 }]);
  });
});
