/** Which version a deployment runs: the one that it was given, until somebody asks for another. */
import { uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { Reconciler } from './reconciler.js';

const [OLD, NEW, LATER] = ['0.1.0+00000000000a', '0.1.0+00000000000b', '0.2.0+00000000000c'];
let installation: Installation;
let owner: { organizationId: string; projectId: string };
let reconciler: Reconciler;
let id: string;

const settle = async () => {
  for (let i = 0; i < 5; i++) await reconciler.lookAtNext();
};
const set = (assignment: string) => installation.sql(`UPDATE deployments SET ${assignment} WHERE id = $1`, [uuidOf('deployment', id)]);
/** The machine joins again, with this build. */
const machineHas = (version: string) => installation.sql('UPDATE machines SET runtime_version = $1', [version]);
const wanted = async () => {
  const [row] = await installation.sql<{ spec: { brokerVersion: string | null } }>('SELECT spec FROM deployment_infrastructure');
  return row!.spec.brokerVersion;
};
const upgrades = async () =>
  installation.sql(`SELECT verb, state, requested_by, steps -> 0 ->> 'title' AS title FROM operations WHERE verb = 'UPGRADE'`);

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
  reconciler = new Reconciler(
    installation.db,
    driverOf(new Placement(installation.db), { docker: null, aws: null }),
    createLogger('test', 'silent'),
  );
});
afterAll(() => installation.close());
beforeEach(async () => {
  await installation.addMachine({ first: 20_000, last: 20_003 });
  await machineHas(OLD);
  id = await installation.addDeployment(owner);
  await settle();
  await installation.report(id, 'RUNNING', null, OLD);
  await settle();
});
afterEach(async () => {
  for (const table of ['deployments', 'operations', 'machines']) await installation.sql(`DELETE FROM ${table}`);
});

describe('the version of a deployment', () => {
  it('is what its machine had when it was placed, and stays so through every other wish', async () => {
    await machineHas(NEW);
    for (const [state, verb] of [
      ['STOPPED', 'STOP'],
      ['RUNNING', 'START'],
      ['RUNNING', 'RESIZE'],
    ] as const) {
      await installation.wish(id, state, verb);
      await settle();
      expect(await wanted(), verb).toBe(OLD);
      await installation.report(id, state, null, OLD);
      await settle();
    }
    expect(await upgrades()).toEqual([]);
  });

  it('changes with an upgrade, which ends when the machine runs it, and stays on it', async () => {
    await machineHas(NEW);
    await set(`broker_version = '${NEW}'`);
    await installation.wish(id, 'RUNNING', 'UPGRADE');
    await settle();
    expect(await wanted()).toBe(NEW);
    expect(await upgrades()).toMatchObject([{ state: 'RUNNING', requested_by: 'test' }]);
    await installation.report(id, 'RUNNING', null, NEW);
    await settle();
    expect(await upgrades()).toMatchObject([{ state: 'SUCCEEDED', requested_by: 'test' }]);
    await machineHas(LATER);
    await installation.wish(id, 'RUNNING', 'REPAIR');
    await settle();
    expect(await wanted()).toBe(NEW);
  });

  it('is always the newest where it upgrades by itself, and each change stands among the operations', async () => {
    await set('auto_upgrade = true');
    await installation.wish(id, 'RUNNING', 'REPAIR');
    await settle();
    expect(await wanted()).toBeNull();
    await installation.report(id, 'RUNNING', null, NEW);
    await settle();
    const title = `${OLD} gave way to ${NEW}`;
    expect(await upgrades()).toEqual([{ verb: 'UPGRADE', state: 'SUCCEEDED', requested_by: 'automatic upgrade', title }]);
    await installation.report(id, 'RUNNING', null, NEW);
    await settle();
    expect(await upgrades()).toHaveLength(1);
  });

  it('that its machine no longer has is told, though nobody asked', async () => {
    await installation.report(id, 'RUNNING', null, NEW);
    await settle();
    expect(await upgrades()).toMatchObject([{ state: 'SUCCEEDED', requested_by: 'its machine, which no longer had the version before' }]);
  });
});
