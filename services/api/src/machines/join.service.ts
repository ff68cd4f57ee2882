/**
 * Takes a machine into the installation. On the private listener, where all are trusted, its region and cell are made as it
 * names them; a machine with a certificate is known already, and stays in the cell that its token was for.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { JoinRequest, JoinResponse } from '@rookery/contracts/machine-protocol';
import type { Database } from '@rookery/db/pool';
import { cells, machines, machineStreams, regions } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { and, eq } from 'drizzle-orm';
import { CONFIG, type Config, DATABASE } from '../tokens.js';
import { kindOf, type MachinesTx, requireCell, requireKind, saveMachine } from './machine-facts.js';
import { regionName } from './region-name.js';

@Injectable()
export class JoinService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** `certified`: the machine that the certificate names; null on the private listener. Throws MACHINE_REVOKED. */
  async join(request: JoinRequest, certified: string | null): Promise<JoinResponse> {
    return this.db.transaction(async (tx) => {
      const machineId = certified ?? request.machineId ?? newId('machine');
      const [known] = await tx.select().from(machines).where(eq(machines.id, machineId));
      if (known !== undefined && known.revokedAt !== null) throw new AppError('MACHINE_REVOKED', { details: { machineId } });
      const cell = certified === null ? await this.cellAsNamed(tx, request) : await this.cellOf(tx, known?.cellId, request);
      await saveMachine(tx, machineId, cell, request);
      return { machineId, cellId: cell.id };
    });
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

  private async cellAsNamed(tx: MachinesTx, request: JoinRequest) {
    await tx
      .insert(regions)
      .values({ id: request.region, name: regionName(request.region) })
      .onConflictDoNothing();
    await tx
      .insert(cells)
      .values({ id: newId('cell'), regionId: request.region, name: request.cell, kind: kindOf(request) })
      .onConflictDoNothing();
    const [cell] = await tx
      .select()
      .from(cells)
      .where(and(eq(cells.regionId, request.region), eq(cells.name, request.cell)));
    requireKind(cell!, request);
    return cell!;
  }

  private async cellOf(tx: MachinesTx, cellId: string | undefined, request: JoinRequest) {
    const [cell] = cellId === undefined ? [] : await tx.select().from(cells).where(eq(cells.id, cellId));
    if (cell === undefined) throw new AppError('NOT_FOUND');
    requireCell(cell, request);
    return cell;
  }
}
