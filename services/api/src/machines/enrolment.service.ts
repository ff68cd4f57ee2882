/** Gives machines their certificates: the first one for a token, the next ones for the one before. */
import { Inject, Injectable } from '@nestjs/common';
import { enrolRequestSchema, type EnrolResponse, readToken, renewRequestSchema, type RenewResponse } from '@rookery/contracts/machine-door';
import { hashJoinSecret } from '@rookery/db/join-tokens';
import type { Database } from '@rookery/db/pool';
import { cells, machines } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { eq, sql } from 'drizzle-orm';
import { DATABASE, LOGGER, type Logger } from '../tokens.js';
import { type RequestedKey, readCertificateRequest } from './certificate-request.js';
import { lockToken, spendToken, type TokenRow } from './join-tokens.repository.js';
import { type Issued, MachineAuthority } from './machine-authority.js';
import { type MachinesTx, requireCell, saveMachine } from './machine-facts.js';

/** An answer that was lost on the way is given again to the same key. */
const AGAIN_SECONDS = 600;

@Injectable()
export class EnrolmentService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly authority: MachineAuthority,
  ) {}

  /**
   * Spends the token. Throws JOIN_TOKEN_REFUSED whatever is wrong with it, CERTIFICATE_REQUEST_REFUSED, and BAD_REQUEST
   * where the machine is not one that the token is for; those two leave the token as it was.
   */
  async enrol(body: unknown): Promise<EnrolResponse> {
    const { token, csr, join } = enrolRequestSchema.parse(body);
    const secret = readToken(token)?.secret;
    if (secret === undefined) throw new AppError('JOIN_TOKEN_REFUSED');
    const hash = hashJoinSecret(secret);
    const key = await this.keyOf(csr, hash);
    // Two who come at once with one token: the second waits for the row, and then finds it spent.
    const enrolled = await this.db.transaction(async (tx) => {
      const row = await lockToken(tx, hash, key.hash, AGAIN_SECONDS);
      if (row === null) throw new AppError('JOIN_TOKEN_REFUSED');
      const machineId = machineFor(row, join.machineId);
      const [cell] = await tx.select().from(cells).where(eq(cells.id, row.cellId));
      requireCell(cell!, join);
      await saveMachine(tx, machineId, cell!, join);
      const epoch = await this.beginEpoch(tx, machineId, row);
      await spendToken(tx, row.id, machineId, key.hash);
      return { machineId, cellId: row.cellId, tokenId: row.id, ...(await this.issue(tx, machineId, epoch, key)) };
    });
    const { machineId, cellId, tokenId, certificate, expiresAt } = enrolled;
    this.log.info({ machineId, cellId, tokenId }, 'a machine has joined');
    return { machineId, cellId, certificate, authority: await this.authority.certificate(), expiresAt: expiresAt.toISOString() };
  }

  async renew(machineId: string, body: unknown): Promise<RenewResponse> {
    const key = await readCertificateRequest(renewRequestSchema.parse(body).csr);
    const { certificate, expiresAt } = await this.db.transaction(async (tx) => {
      const [machine] = await tx.select({ epoch: machines.certificateEpoch }).from(machines).where(eq(machines.id, machineId));
      if (machine === undefined) throw new AppError('NOT_FOUND');
      return this.issue(tx, machineId, machine.epoch, key);
    });
    this.log.info({ machineId, expiresAt }, "a machine's certificate was renewed");
    return { certificate, authority: await this.authority.certificate(), expiresAt: expiresAt.toISOString() };
  }

  /** Who has no good token learns nothing about requests. */
  private async keyOf(csr: string, tokenHash: string): Promise<RequestedKey> {
    try {
      return await readCertificateRequest(csr);
    } catch (error) {
      if ((await this.db.transaction((tx) => lockToken(tx, tokenHash, '', 0))) === null) throw new AppError('JOIN_TOKEN_REFUSED');
      throw error;
    }
  }

  /** Certificates of before are worth nothing from here on, and a revocation is over. The same key asks again: nothing changes. */
  private async beginEpoch(tx: MachinesTx, machineId: string, token: TokenRow): Promise<number> {
    const again = token.usedAt !== null;
    const [row] = await tx
      .update(machines)
      .set({
        certificateEpoch: again ? machines.certificateEpoch : sql`${machines.certificateEpoch} + 1`,
        ...(again ? {} : { revokedAt: null }),
        ...(token.dedicatedTo === null ? {} : { dedicatedTo: token.dedicatedTo }),
      })
      .where(eq(machines.id, machineId))
      .returning({ epoch: machines.certificateEpoch });
    return row!.epoch;
  }

  private async issue(tx: MachinesTx, machineId: string, epoch: number, key: RequestedKey): Promise<Issued> {
    const issued = await this.authority.certify(machineId, epoch, key.spki);
    await tx.update(machines).set({ certificateExpiresAt: issued.expiresAt }).where(eq(machines.id, machineId));
    return issued;
  }
}

/** A machine that is known comes in again by a token that was made for it, and by no other. */
function machineFor(token: TokenRow, claimed: string | null): string {
  const { forMachineId, usedAt, machineId } = token;
  const mine = usedAt === null ? forMachineId : machineId;
  if (mine !== null) {
    if (claimed === null || claimed === mine) return mine;
    throw new AppError('BAD_REQUEST', {
      message: `The token is for the machine ${mine}; this one is ${claimed}.`,
      path: ['join', 'machineId'],
    });
  }
  if (claimed === null) return newId('machine');
  const message = `This is the machine ${claimed}, and the token is for a new one. Make one for it: npm run operator -- machine token --machine ${claimed}`;
  throw new AppError('BAD_REQUEST', { message, path: ['join', 'machineId'] });
}
