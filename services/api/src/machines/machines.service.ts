/** What an operator does with machines that have joined. For anybody else there are none. */
import { Inject, Injectable } from '@nestjs/common';
import { sqlState } from '@rookery/db/errors';
import type { Database } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import { DATABASE, LOGGER, type Logger } from '../tokens.js';
import { requireOperator, type Viewer } from '../viewer/viewer.js';
import * as repository from './machines.repository.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const FOREIGN_KEY = '23503';

@Injectable()
export class MachinesService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Its brokers go on by themselves; nothing that it says is heard any more. Throws NOT_FOUND. */
  async revoke(viewer: Viewer, id: string): Promise<{ revokedId: string }> {
    requireOperator(viewer);
    await this.revokeAs(viewer.actor, id);
    return { revokedId: id };
  }

  /** Throws NOT_FOUND or MACHINE_IN_USE. */
  async remove(viewer: Viewer, id: string): Promise<{ removedId: string }> {
    requireOperator(viewer);
    await this.known(id, async (tx) => {
      const deployments = await repository.deploymentsOn(tx, id);
      if (deployments > 0) throw new AppError('MACHINE_IN_USE', { path: ['input', 'id'], details: { deployments } });
      return repository.deleteMachine(tx, id);
    });
    this.log.info({ actor: viewer.actor, machineId: id }, 'a machine was removed');
    return { removedId: id };
  }

  /** `actor`: a viewer's, or the operator command. */
  async revokeAs(actor: string, id: string): Promise<void> {
    await this.known(id, (tx) => repository.revokeMachine(tx, id));
    this.log.info({ actor, machineId: id }, 'a machine was revoked');
  }

  private async known(id: string, change: (tx: Transaction) => Promise<boolean>): Promise<void> {
    try {
      if (uuidOf('machine', id) !== null && (await this.db.transaction(change))) return;
    } catch (error) {
      // Placed there at this very moment.
      if (sqlState(error)?.code !== FOREIGN_KEY) throw error;
      throw new AppError('MACHINE_IN_USE', { path: ['input', 'id'], cause: error });
    }
    throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
  }
}
