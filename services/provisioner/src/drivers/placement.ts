/**
 * Where a deployment runs, and what its machine is told: the placement, the ports and the runtime spec. The machine's
 * agent hears of it on its stream. All that a process needs; containers and machines of their own are made by Terraform
 * besides.
 */
import type { RuntimeSpec } from '@rookery/contracts/runtime-spec';
import type { Database } from '@rookery/db/pool';
import { deploymentInfrastructure, deployments, deploymentStacks, machinePorts } from '@rookery/db/schema/deployments';
import { machineJoinTokens, machines } from '@rookery/db/schema/machines';
import { uuid } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { idOf } from '@rookery/service-kit/ids';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Situation } from '../reconcile/situation.repository.js';
import type { Infrastructure } from './stacks.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
type Ports = RuntimeSpec['ports'];

export class Placement {
  constructor(private readonly db: Database) {}

  /**
   * A deployment that is to have a machine of its own, or for which the region has no other, goes to a cell that makes
   * one; every other to a machine that is there. Throws NO_CAPACITY.
   */
  async place(situation: Situation): Promise<void> {
    const { deployment } = situation;
    const placed = deployment.dedicated
      ? (await this.inCloud(deployment)) || (await this.onMachine(deployment))
      : (await this.onMachine(deployment)) || (await this.inCloud(deployment));
    if (!placed) throw new AppError('NO_CAPACITY');
  }

  /** Of the region: the cell that is furthest behind its share, and in it the machine with the fewest deployments. */
  private async onMachine(deployment: Situation['deployment']): Promise<boolean> {
    const found = await this.db.execute<{ id: string }>(sql`
      SELECT m.id FROM machines m JOIN cells c ON c.id = m.cell_id
      CROSS JOIN LATERAL (SELECT count(*) AS here FROM deployment_infrastructure i WHERE i.machine_id = m.id) one
      CROSS JOIN LATERAL (
        SELECT count(*) AS here FROM deployment_infrastructure i JOIN machines n ON n.id = i.machine_id WHERE n.cell_id = c.id
      ) cell
      WHERE c.region_id = ${deployment.regionId} AND m.lost_at IS NULL AND m.revoked_at IS NULL AND m.dedicated_to IS NULL AND NOT c.full
      ORDER BY cell.here::float / c.weight, c.id, one.here, m.id LIMIT 1`);
    const machine = found.rows[0];
    if (machine) await this.choose(deployment, idOf('machine', machine.id));
    return machine !== undefined;
  }

  /** Of the region: the cell that makes machines and is furthest behind its share. The machine comes later, with the stack. */
  private async inCloud({ organizationId, id, regionId }: Situation['deployment']): Promise<boolean> {
    const found = await this.db.execute<{ id: string }>(sql`
      SELECT c.id FROM cells c
      CROSS JOIN LATERAL (SELECT count(*) AS here FROM deployment_stacks s WHERE s.cell_id = c.id) cell
      WHERE c.region_id = ${regionId} AND c.aws IS NOT NULL AND NOT c.full ORDER BY cell.here::float / c.weight, c.id LIMIT 1`);
    const cell = found.rows[0];
    if (cell)
      await this.db
        .insert(deploymentStacks)
        .values({ organizationId, deploymentId: id, cellId: idOf('cell', cell.id) })
        .onConflictDoNothing();
    return cell !== undefined;
  }

  private async choose({ organizationId, id: deploymentId }: Situation['deployment'], machineId: string): Promise<void> {
    await this.db
      .insert(deploymentInfrastructure)
      .values({ organizationId, deploymentId, machineId })
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
  async configure({ deployment, infrastructure, runtimeVersion, aws }: Situation): Promise<void> {
    const machineId = infrastructure?.machineId ?? aws!.machineId!;
    if (aws !== null) await this.choose(deployment, machineId);
    const { organizationId, id: deploymentId, generation } = deployment;
    await this.db.transaction(async (tx) => {
      const ports = await this.ports(tx, deployment, machineId, deployment.plainPort && aws === null);
      const pinned = deployment.brokerVersion ?? infrastructure?.spec?.brokerVersion ?? runtimeVersion;
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

  /**
   * Forgets the deployment, once its place has removed all of it: what hangs on it goes with its row, and so do the
   * machine that was made for it and a token by which another might have joined; its operations stay.
   */
  async release({ deployment: { organizationId, id, generation } }: Situation): Promise<void> {
    const one = and(eq(deployments.organizationId, organizationId), eq(deployments.id, id));
    await this.db.transaction(async (tx) => {
      const gone = await tx
        .delete(deployments)
        .where(and(one, eq(deployments.generation, generation)))
        .returning({ id: deployments.id });
      if (gone.length === 0) return;
      await tx.delete(machines).where(eq(machines.dedicatedTo, id));
      await tx.delete(machineJoinTokens).where(and(eq(machineJoinTokens.dedicatedTo, id), isNull(machineJoinTokens.usedAt)));
    });
  }

  /** What its machine was told; a container or a machine of its own is looked at by those who made it. */
  async inspect({ deployment: { organizationId, id } }: Situation): Promise<Infrastructure> {
    const one = and(eq(deploymentInfrastructure.organizationId, organizationId), eq(deploymentInfrastructure.deploymentId, id));
    const [row] = await this.db.select().from(deploymentInfrastructure).where(one);
    const told = row?.spec ? [`machine ${row.machineId} told of generation ${row.generation}`] : [];
    return { there: told.length > 0, facts: told };
  }

  /**
   * The deployment's own ports, kept for life; a plan without the plain one only leaves it unused. So does a machine of AWS,
   * whose security group opens nothing without TLS: what nobody reaches is not told to anybody.
   */
  private async ports(tx: Transaction, deployment: Situation['deployment'], machineId: string, plainPort: boolean): Promise<Ports> {
    const { organizationId, id: deploymentId } = deployment;
    const mine = and(eq(machinePorts.organizationId, organizationId), eq(machinePorts.deploymentId, deploymentId));
    const taken = await tx.select().from(machinePorts).where(mine);
    const wanted = plainPort ? (['mqtts', 'mqtt'] as const) : (['mqtts'] as const);
    const kinds = wanted.filter((kind) => !taken.some((row) => row.kind === kind));
    if (kinds.length > 0) {
      const free = await this.freePorts(tx, machineId, kinds.length);
      if (free.length < kinds.length) throw new AppError('PORTS_EXHAUSTED');
      const rows = kinds.map((kind, index) => ({ machineId, port: free[index]!, organizationId, deploymentId, kind }));
      taken.push(...(await tx.insert(machinePorts).values(rows).returning()));
    }
    const portOf = (kind: 'mqtts' | 'mqtt') => taken.find((row) => row.kind === kind)?.port ?? null;
    return { mqtts: portOf('mqtts'), mqtt: plainPort ? portOf('mqtt') : null };
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
