/** Takes a machine into the installation: its region and cell are made as it names them. */
import { Inject, Injectable } from '@nestjs/common';
import { joinRequestSchema, type JoinResponse } from '@rookery/contracts/machine-protocol';
import type { Database } from '@rookery/db/pool';
import { cells, machines, machineStreams, regions } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { and, eq, sql } from 'drizzle-orm';
import { regionName } from './region-name.js';
import { CONFIG, type Config, DATABASE } from '../tokens.js';

@Injectable()
export class JoinService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A machine that comes again keeps its id; what it says of itself now counts. */
  async join(body: unknown): Promise<JoinResponse> {
    const request = joinRequestSchema.parse(body);
    const kind = request.docker === null ? 'machine' : 'docker';
    return this.db.transaction(async (tx) => {
      await tx
        .insert(regions)
        .values({ id: request.region, name: regionName(request.region) })
        .onConflictDoNothing();
      await tx
        .insert(cells)
        .values({ id: newId('cell'), regionId: request.region, name: request.cell, kind })
        .onConflictDoNothing();
      const [cell] = await tx
        .select()
        .from(cells)
        .where(and(eq(cells.regionId, request.region), eq(cells.name, request.cell)));
      if (cell!.kind !== kind) {
        const message = `cell ${request.cell} is of kind ${cell!.kind}; a machine of kind ${kind} needs a cell of its own`;
        throw new AppError('BAD_REQUEST', { message, path: ['cell'] });
      }
      const facts = {
        cellId: cell!.id,
        name: request.name,
        isolation: request.isolation,
        runtimeVersion: request.runtimeVersion,
        host: request.host,
        domain: request.domain,
        docker: request.docker,
        mqttPortFirst: request.mqttPorts.first,
        mqttPortLast: request.mqttPorts.last,
        sharedMqttsPort: request.sharedPorts?.mqtts ?? null,
        sharedWssPort: request.sharedPorts?.wss ?? null,
        seenAt: sql`now()`,
        lostAt: null,
      };
      const machineId = request.machineId ?? newId('machine');
      await tx
        .insert(machines)
        .values({ id: machineId, ...facts })
        .onConflictDoUpdate({ target: machines.id, set: facts });
      return { machineId, cellId: cell!.id };
    });
  }

  async isKnown(machineId: string): Promise<boolean> {
    const found = await this.db.select({ id: machines.id }).from(machines).where(eq(machines.id, machineId));
    return found.length > 0;
  }

  async markSeen(machineId: string): Promise<void> {
    await this.db.update(machines).set({ seenAt: sql`now()`, lostAt: null }).where(eq(machines.id, machineId));
  }

  /** This api holds the machine's stream now. */
  async holdStream(machineId: string, streamId: string): Promise<void> {
    const row = { apiUrl: this.config.API_PRIVATE_URL, streamId };
    await this.db
      .insert(machineStreams)
      .values({ machineId, ...row })
      .onConflictDoUpdate({ target: machineStreams.machineId, set: row });
  }

  /** Unless another stream took its place meanwhile. */
  async dropStream(machineId: string, streamId: string): Promise<void> {
    await this.db.delete(machineStreams).where(and(eq(machineStreams.machineId, machineId), eq(machineStreams.streamId, streamId)));
  }
}
