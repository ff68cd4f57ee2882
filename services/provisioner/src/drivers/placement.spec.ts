import { uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reconciler } from '../reconcile/reconciler.js';
import { readSituation } from '../reconcile/situation.repository.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { driverOf } from './driver.js';
import { Placement } from './placement.js';

let installation: Installation;
let reconciler: Reconciler;
let owner: { organizationId: string; projectId: string };
const PORTS = { first: 20_000, last: 20_099 };

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

async function placed(count: number): Promise<Record<string, number>> {
  for (let i = 0; i < count; i++) await installation.addDeployment(owner);
  for (let i = 0; i < count; i++) await reconciler.lookAtNext();
  const rows = await installation.sql<{ machine_id: string }>(
    'SELECT machine_id FROM deployment_infrastructure WHERE machine_id IS NOT NULL',
  );
  return Object.fromEntries(Object.entries(Object.groupBy(rows, (row) => row.machine_id)).map(([id, all]) => [id, all!.length]));
}

describe('placement', () => {
  it('gives each cell its share by weight, and none to one that is full', async () => {
    const machines = {
      heavy: await installation.addMachine(PORTS, { weight: 300 }),
      light: await installation.addMachine(PORTS, { weight: 100 }),
      full: await installation.addMachine(PORTS, { weight: 1_000, full: true }),
    };
    const counts = await placed(8);
    const of = (machine: string) => counts[uuidOf('machine', machine)!] ?? 0;
    expect({ heavy: of(machines.heavy), light: of(machines.light), full: of(machines.full) }).toEqual({ heavy: 6, light: 2, full: 0 });
  });

  it('finds no room where every cell is full, says so, and takes nothing of it back', async () => {
    await installation.sql('UPDATE cells SET "full" = true');
    const id = await installation.addDeployment(owner);
    await reconciler.lookAtNext();
    expect(await installation.operations(id)).toMatchObject([{ state: 'FAILED', error_code: 'NO_CAPACITY' }]);
    expect(Object.values(await placed(0)).reduce((sum, count) => sum + count)).toBe(8);
  });

  it('tells of no port without TLS on a machine of AWS, whatever the plan has: its security group opens none', async () => {
    const placement = new Placement(installation.db);
    const ports = async (onAws: boolean) => {
      const machineId = await installation.addMachine(PORTS);
      const deploymentId = await installation.addDeployment(owner, { plainPort: true });
      const look = async () => (await readSituation(installation.db, { organizationId: owner.organizationId, deploymentId } as never))!;
      const aws = onAws ? { cellId: '', cellName: '', facts: {} as never, machineId } : null;
      await installation.sql(`INSERT INTO deployment_infrastructure (organization_id, deployment_id, machine_id) VALUES ($1, $2, $3)`, [
        uuidOf('organization', owner.organizationId),
        uuidOf('deployment', deploymentId),
        uuidOf('machine', machineId),
      ]);
      await placement.configure({ ...(await look()), aws });
      return (await look()).infrastructure!.spec!.ports;
    };
    expect(await ports(false)).toEqual({ mqtts: 20_000, mqtt: 20_001 });
    expect(await ports(true)).toEqual({ mqtts: 20_000, mqtt: null });
  });
});
