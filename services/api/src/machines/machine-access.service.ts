/** Which machines may speak: known ones that nobody has shut out, by the private listener or with a certificate that counts. */
import type { X509Certificate } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { idSchema } from '@rookery/contracts/ids';
import type { Database } from '@rookery/db/pool';
import { machines } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { DATABASE } from '../tokens.js';
import { MachineAuthority, readSubject } from './machine-authority.js';

const AGAIN = 'Make a join token for this machine and give it to its agent.';

@Injectable()
export class MachineAccess {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly authority: MachineAuthority,
  ) {}

  /** The machine that a certificate speaks for. Throws MACHINE_CERTIFICATE_REFUSED or MACHINE_REVOKED, with the reason. */
  async machineOf(certificate: X509Certificate | undefined): Promise<string> {
    if (certificate === undefined) throw refused('The request came without a certificate.');
    const fault = await this.authority.faultOf(certificate);
    if (fault !== null) throw refused(`${fault} ${AGAIN}`);
    const { machineId, epoch } = readSubject(certificate);
    const [machine] = idSchema('machine').safeParse(machineId).success
      ? await this.db
          .select({ epoch: machines.certificateEpoch, revokedAt: machines.revokedAt })
          .from(machines)
          .where(eq(machines.id, machineId))
      : [];
    if (machine === undefined) throw refused(`The machine ${machineId} is not known any more.`);
    if (machine.revokedAt !== null) throw new AppError('MACHINE_REVOKED', { details: { machineId } });
    // A newer one is good: the database may have been restored from a backup.
    if (epoch < machine.epoch) throw refused(`It was replaced by a later enrolment. ${AGAIN}`);
    return machineId;
  }

  /** Throws NOT_FOUND or MACHINE_REVOKED. */
  async requireKnown(machineId: string): Promise<void> {
    const [machine] = await this.db.select({ revokedAt: machines.revokedAt }).from(machines).where(eq(machines.id, machineId));
    if (machine === undefined) throw new AppError('NOT_FOUND');
    if (machine.revokedAt !== null) throw new AppError('MACHINE_REVOKED', { details: { machineId } });
  }

  /** Notes a sign of life. False: the machine was shut out, or lives by a certificate that has run out. */
  async markSeen(machineId: string, { certified }: { certified: boolean }): Promise<boolean> {
    const inTime = certified ? gt(machines.certificateExpiresAt, sql`now()`) : undefined;
    const seen = this.db.update(machines).set({ seenAt: sql`now()`, lostAt: null });
    return (
      (await seen.where(and(eq(machines.id, machineId), isNull(machines.revokedAt), inTime)).returning({ id: machines.id })).length > 0
    );
  }
}

function refused(message: string): AppError {
  return new AppError('MACHINE_CERTIFICATE_REFUSED', { message });
}
