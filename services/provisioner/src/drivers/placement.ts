/**
 * Where a deployment runs, and what its machine is told: the placement, the ports and the runtime spec. The machine's
 * agent hears of it on its stream. All that a process needs; a container is made by Terraform besides.
 */
import type { RuntimeSpec } from '@rookery/contracts/runtime-spec';
import type { Database } from '@rookery/db/pool';
import { deploymentInfrastructure, deployments, machinePorts } from '@rookery/db/schema/deployments';
import { uuid } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { idOf } from '@rookery/service-kit/ids';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Situation } from '../reconcile/situation.repository.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
type Ports = RuntimeSpec['ports'];

export class Placement {
  constructor(private readonly db: Database) {}

  /** Of the region: the cell that is furthest behind its share, and in it the machine with the fewest deployments. Throws NO_CAPACITY. */
  async place({ deployment }: Situation): Promise<void> {
    const found = await this.db.execute<{ id: string }>(sql`
      SELECT m.id FROM machines m JOIN cells c ON c.id = m.cell_id
      CROSS JOIN LATERAL (SELECT count(*) AS here FROM deployment_infrastructure i WHERE i.machine_id = m.id) one
      CROSS JOIN LATERAL (
        SELECT count(*) AS here FROM deployment_infrastructure i JOIN machines n ON n.id = i.machine_id WHERE n.cell_id = c.id
      ) cell
      WHERE c.region_id = ${deployment.regionId} AND m.lost_at IS NULL AND m.revoked_at IS NULL AND NOT c.full
      ORDER BY cell.here::float / c.weight, c.id, one.here, m.id LIMIT 1`);
    const machine = found.rows[0];
    if (!machine) throw new AppError('NO_CAPACITY');
    const machineId = idOf('machine', machine.id);
    await this.db
      .insert(deploymentInfrastructure)
      .values({ organizationId: deployment.organizationId, deploymentId: deployment.id, machineId })
      .onConflictDoUpdate({
        target: [deploymentInfrastructure.organizationId, deploymentInfrastructure.deploymentId],
        set: { machineId, updatedAt: sql`now()` },
        setWhere: sql`${deploymentInfrastructure.machineId} IS NULL`,
      });
  }

  /**
   * Gives the machine what it must know to reach the wanted state. Never puts an older spec over a newer one, whoever else
   * is at work. Throws PORTS_EXHAUSTED.
   */
  async configure({ deployment, infrastructure, runtimeVersion }: Situation): Promise<void> {
    const machineId = infrastructure!.machineId!;
    const { organizationId, id: deploymentId, generation } = deployment;
    await this.db.transaction(async (tx) => {
      const ports = await this.ports(tx, deployment, machineId);
      const pinned = deployment.brokerVersion ?? infrastructure!.spec?.brokerVersion ?? runtimeVersion;
      const spec = specOf(deployment, ports, deployment.autoUpgrade ? null : pinned);
      const one = and(eq(deploymentInfrastructure.organizationId, organizationId), eq(deploymentInfrastructure.deploymentId, deploymentId));
      const written = await tx
        .update(deploymentInfrastructure)
        .set({ spec, generation, updatedAt: sql`now()` })
        .where(and(one, lt(deploymentInfrastructure.generation, generation)))
        .returning({ generation: deploymentInfrastructure.generation });
      if (written.length === 0) return;
      await tx.execute(
        sql`SELECT append_policy_change(${uuid('organization', organizationId)}, ${uuid('deployment', deploymentId)}, 'runtime')`,
      );
    });
  }

  /** Forgets the deployment, once its place has removed all of it: what hangs on it goes with its row; its operations stay. */
  async release({ deployment: { organizationId, id, generation } }: Situation): Promise<void> {
    const one = and(eq(deployments.organizationId, organizationId), eq(deployments.id, id));
    await this.db.delete(deployments).where(and(one, eq(deployments.generation, generation)));
  }

  /** The deployment's own ports, kept for life; a plan without the plain one only leaves it unused. */
  private async ports(tx: Transaction, deployment: Situation['deployment'], machineId: string): Promise<Ports> {
    const { organizationId, id: deploymentId } = deployment;
    const mine = and(eq(machinePorts.organizationId, organizationId), eq(machinePorts.deploymentId, deploymentId));
    const taken = await tx.select().from(machinePorts).where(mine);
    const wanted = deployment.plainPort ? (['mqtts', 'mqtt'] as const) : (['mqtts'] as const);
    const kinds = wanted.filter((kind) => !taken.some((row) => row.kind === kind));
    if (kinds.length > 0) {
      const free = await this.freePorts(tx, machineId, kinds.length);
      if (free.length < kinds.length) throw new AppError('PORTS_EXHAUSTED');
      const rows = kinds.map((kind, index) => ({ machineId, port: free[index]!, organizationId, deploymentId, kind }));
      taken.push(...(await tx.insert(machinePorts).values(rows).returning()));
    }
    const portOf = (kind: 'mqtts' | 'mqtt') => taken.find((row) => row.kind === kind)?.port ?? null;
    return { mqtts: portOf('mqtts'), mqtt: deployment.plainPort ? portOf('mqtt') : null };
  }

  /** Lowest first. Those who ask for ports of one machine follow one another until the transaction ends. */
  private async freePorts(tx: Transaction, machineId: string, count: number): Promise<number[]> {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${machineId}, 1))`);
    const free = await tx.execute<{ port: number }>(sql`
      SELECT port FROM machines m CROSS JOIN LATERAL generate_series(m.mqtt_port_first, m.mqtt_port_last) port
      WHERE m.id = ${uuid('machine', machineId)} AND NOT EXISTS (SELECT FROM machine_ports t WHERE t.machine_id = m.id AND t.port = port.port)
      ORDER BY port LIMIT ${count}`);
    return free.rows.map((row) => row.port);
  }
}

function specOf(deployment: Situation['deployment'], ports: Ports, brokerVersion: string | null): RuntimeSpec {
  return {
    deploymentId: deployment.id,
    organizationId: deployment.organizationId,
    generation: deployment.generation,
    state: deployment.state,
    slug: deployment.slug,
    ports,
    brokerVersion,
    durability: deployment.durability,
    memoryBytesMax: deployment.memoryBytesMax,
    storeBytesMax: deployment.quotas.storeBytesMax,
  };
}
