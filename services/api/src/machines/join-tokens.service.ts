/** Permissions for machines to join, as an operator gives them. For anybody else there are none. */
import { Inject, Injectable } from '@nestjs/common';
import { TOKEN_SECONDS_DEFAULT } from '@rookery/contracts/machine-door';
import { makeJoinToken } from '@rookery/db/join-tokens';
import type { Database } from '@rookery/db/pool';
import { Envelope } from '@rookery/service-kit/envelope';
import { AppError } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import type { z } from 'zod';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { CONFIG, type Config, DATABASE } from '../tokens.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import { organizationOfOperator, requireOperator, type Viewer } from '../viewer/viewer.js';
import { joinCommand } from './join-command.js';
import { type CreateJoinTokenInput, createJoinTokenSchema, type JoinToken } from './join-tokens.model.js';
import * as repository from './join-tokens.repository.js';
import { MachineAuthority } from './machine-authority.js';

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
type Wish = z.output<typeof createJoinTokenSchema>;

export interface MadeToken {
  joinToken: JoinToken | null;
  token: string | null;
  command: string | null;
}

@Injectable()
export class JoinTokensService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenancy: Tenancy,
    private readonly envelope: Envelope,
    private readonly authority: MachineAuthority,
  ) {}

  async list(viewer: Viewer): Promise<JoinToken[]> {
    requireOperator(viewer);
    return repository.listOpenTokens(this.db);
  }

  /** Throws NOT_FOUND for a cell, or a machine of it, that is not there. The write is audited in the operator's own organization. */
  async create(viewer: Viewer, given: CreateJoinTokenInput): Promise<MadeToken> {
    const organizationId = organizationOfOperator(viewer);
    const input = parseInput(createJoinTokenSchema, given);
    await this.authority.certificate();
    const request = { organizationId, mutation: 'createJoinToken', key: input.idempotencyKey, input };
    return this.tenancy.in(organizationId, async (tx) => {
      const created = await createOnce(tx, this.envelope, request, async () => {
        const { id, token } = await this.make(tx, input, viewer.label);
        const { regionId, cell, machineId } = input;
        await audit(tx, viewer, organizationId, { action: 'createJoinToken', subject: id, after: { regionId, cell, machineId } });
        return { resourceId: id, secret: token };
      });
      return this.answer(tx, created.resourceId, created.secret ?? null);
    });
  }

  /** For `npm run operator`, which comes in by the private listener. */
  async createForCommand(given: unknown): Promise<MadeToken> {
    const input = parseInput(createJoinTokenSchema, given);
    await this.authority.certificate();
    return this.db.transaction(async (tx) => {
      const { id, token } = await this.make(tx, input, 'the operator command');
      return this.answer(tx, id, token);
    });
  }

  /** Throws NOT_FOUND: there is no such token, or it is not open any more. */
  async revoke(viewer: Viewer, id: string): Promise<{ revokedId: string }> {
    const organizationId = organizationOfOperator(viewer);
    return this.tenancy.in(organizationId, async (tx) => {
      await this.revokeIn(tx, id);
      await audit(tx, viewer, organizationId, { action: 'revokeJoinToken', subject: id });
      return { revokedId: id };
    });
  }

  async revokeForCommand(id: string): Promise<void> {
    await this.revokeIn(this.db, id);
  }

  listForCommand(): Promise<JoinToken[]> {
    return repository.listOpenTokens(this.db);
  }

  private async revokeIn(tx: Database | Transaction, id: string): Promise<void> {
    const known = uuidOf('joinToken', id) !== null && (await repository.revokeToken(tx, id));
    if (!known) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
  }

  private async make(tx: Transaction, input: Wish, createdBy: string): Promise<{ id: string; token: string }> {
    const cell = await repository.findCell(tx, input.regionId, input.cell);
    if (cell === null) {
      const message = `region ${input.regionId} has no cell ${input.cell}; register it first (createCell)`;
      throw new AppError('NOT_FOUND', { message, path: ['input', 'cell'] });
    }
    const forMachineId = input.machineId ?? null;
    if (forMachineId !== null && !(await repository.isMachineOf(tx, forMachineId, cell.id)))
      throw new AppError('NOT_FOUND', { path: ['input', 'machineId'] });
    if (cell.kind === 'aws' && forMachineId === null) {
      const message = `The machines of ${cell.name} are made by the worker, each with a token of its own`;
      throw new AppError('INVALID_INPUT', { message, path: ['input', 'cell'] });
    }
    const seconds = input.expiresInSeconds ?? TOKEN_SECONDS_DEFAULT;
    return makeJoinToken(tx, { cellId: cell.id, forMachineId, dedicatedTo: null, seconds, createdBy });
  }

  private async answer(tx: Transaction, id: string, token: string | null): Promise<MadeToken> {
    const joinToken = await repository.findToken(tx, id);
    const command = token === null || joinToken === null ? null : joinCommand(this.config.API_MACHINES_URL, joinToken, token);
    return { joinToken, token, command };
  }
}
