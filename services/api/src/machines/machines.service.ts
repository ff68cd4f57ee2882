/** What an operator does with machines that have joined. For anybody else there are none. */
import { Inject, Injectable } from '@nestjs/common';
import { sqlState } from '@rookery/db/errors';
import type { Database } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import { DATABASE, LOGGER, type Logger } from '../tokens.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import { organizationOfOperator, type Viewer } from '../viewer/viewer.js';
import * as repository from './machines.repository.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

const FOREIGN_KEY = '23503';

@Injectable()
export class MachinesService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly tenancy: Tenancy,
  ) {}

  /** Its brokers go on by themselves; nothing that it says is heard any more. Throws NOT_FOUND. */
  async revoke(viewer: Viewer, id: string): Promise<{ revokedId: string }> {
    await this.audited(viewer, 'revokeMachine', id, repository.revokeMachine);
    return { revokedId: id };
  }

  /** Throws NOT_FOUND or MACHINE_IN_USE. */
  async remove(viewer: Viewer, id: string): Promise<{ removedId: string }> {
    try {
      await this.audited(viewer, 'removeMachine', id, async (tx) => {
        const deployments = await repository.deploymentsOn(tx, id);
        if (deployments > 0) throw new AppError('MACHINE_IN_USE', { path: ['input', 'id'], details: { deployments } });
        return repository.deleteMachine(tx, id);
      });
    } catch (error) {
      // Placed there at this very moment.
      if (sqlState(error)?.code !== FOREIGN_KEY) throw error;
      throw new AppError('MACHINE_IN_USE', { path: ['input', 'id'], cause: error });
    }
    return { removedId: id };
  }

  /** For `npm run operator`, which comes in by the private listener and has no organization. */
  async revokeForCommand(id: string): Promise<void> {
    requireMachineId(id);
    const machine = found(await this.db.transaction((tx) => repository.revokeMachine(tx, id)));
    this.log.info({ actor: 'the operator command', machineId: id, ...machine }, 'a machine was revoked');
  }

  private async audited(
    viewer: Viewer,
    action: string,
    id: string,
    change: (tx: Transaction, id: string) => Promise<repository.KnownMachine | null>,
  ): Promise<void> {
    const organizationId = organizationOfOperator(viewer);
    requireMachineId(id);
    await this.tenancy.in(organizationId, async (tx) => {
      const { name, cellId } = found(await change(tx, id));
      await audit(tx, viewer, organizationId, { action, subject: id, before: { name, cellId } });
    });
  }
}

function requireMachineId(id: string): void {
  if (uuidOf('machine', id) === null) found(null);
}

function found(machine: repository.KnownMachine | null): repository.KnownMachine {
  if (machine === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
  return machine;
}
