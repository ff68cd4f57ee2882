/** Where sealed states of Terraform are kept: in Postgres, or in a bucket. A worker whose disk is gone goes on from there. */
import type { Database } from '@rookery/db/pool';
import { deploymentStacks } from '@rookery/db/schema/deployments';
import { type Bucket, ObjectChanged } from '@rookery/service-kit/aws/s3';
import type { Envelope, Place } from '@rookery/service-kit/envelope';
import { AppError } from '@rookery/service-kit/errors';
import { and, eq, sql } from 'drizzle-orm';

export interface StackKey {
  organizationId: string;
  deploymentId: string;
}

export interface StateVault {
  /** The state as terraform wrote it; null: there is none. */
  read(key: StackKey): Promise<Buffer | null>;
  /** Throws where a newer one is kept. */
  write(key: StackKey, state: Buffer): Promise<void>;
  remove(key: StackKey): Promise<void>;
}

/** Where the sealed state of a stack lives. */
export function statePlace({ organizationId, deploymentId }: StackKey): Place {
  return { organizationId, table: 'deployment_stacks', row: deploymentId, field: 'sealed_state' };
}

export class PostgresVault implements StateVault {
  constructor(
    private readonly db: Database,
    private readonly envelope: Envelope,
  ) {}

  async read(key: StackKey): Promise<Buffer | null> {
    const [row] = await this.db.select().from(deploymentStacks).where(one(key));
    return row?.sealedState ? this.envelope.open(row.sealedState, statePlace(key)) : null;
  }

  async write(key: StackKey, state: Buffer): Promise<void> {
    const sealedState = this.envelope.seal(state, statePlace(key));
    await this.db
      .insert(deploymentStacks)
      .values({ ...key, sealedState })
      .onConflictDoUpdate({
        target: [deploymentStacks.organizationId, deploymentStacks.deploymentId],
        set: { sealedState, updatedAt: sql`now()` },
      });
  }

  async remove(key: StackKey): Promise<void> {
    await this.db.update(deploymentStacks).set({ sealedState: null }).where(one(key));
  }
}

export const STATES_FOLDER = 'states/';
const TRIES = 3;

/** `older`: where states lie from before there was a bucket; each moves at its next change. */
export class BucketVault implements StateVault {
  constructor(
    private readonly bucket: Bucket,
    private readonly envelope: Envelope,
    private readonly older: StateVault,
  ) {}

  async read(key: StackKey): Promise<Buffer | null> {
    const sealed = await this.bucket.read(objectOf(key));
    return sealed === null ? this.older.read(key) : this.envelope.open(sealed, statePlace(key));
  }

  async write(key: StackKey, state: Buffer): Promise<void> {
    const serial = serialOf(state);
    for (let tries = 1; ; tries++) {
      const there = await this.bucket.look(objectOf(key));
      if (there !== null && Number(there.metadata['serial']) > serial) throw overtaken(key, there.metadata['serial']!, serial);
      try {
        await this.bucket.write(objectOf(key), this.envelope.seal(state, statePlace(key)), {
          metadata: { serial: String(serial), key: this.envelope.newestId },
          over: there?.version ?? null,
        });
        return await this.older.remove(key);
      } catch (error) {
        if (!(error instanceof ObjectChanged) || tries === TRIES) throw error;
      }
    }
  }

  async remove(key: StackKey): Promise<void> {
    await this.bucket.remove(objectOf(key));
    await this.older.remove(key);
  }
}

/** Grows with every change that terraform writes. */
export function serialOf(state: Buffer): number {
  return (JSON.parse(state.toString('utf8')) as { serial: number }).serial;
}

export function objectOf({ organizationId, deploymentId }: StackKey): string {
  return `${STATES_FOLDER}${organizationId}/${deploymentId}.sealed`;
}

/** Null: it is no object of ours. */
export function keyOf(object: string): StackKey | null {
  const found = /^states\/(?<organizationId>org_\w+)\/(?<deploymentId>dep_\w+)\.sealed$/.exec(object)?.groups;
  return found ? { organizationId: found['organizationId']!, deploymentId: found['deploymentId']! } : null;
}

function one({ organizationId, deploymentId }: StackKey) {
  return and(eq(deploymentStacks.organizationId, organizationId), eq(deploymentStacks.deploymentId, deploymentId));
}

function overtaken({ deploymentId }: StackKey, theirs: string, ours: number): AppError {
  const message = `a newer state of ${deploymentId} is in the bucket (serial ${theirs}, ours is ${ours}): another worker was faster`;
  return new AppError('TERRAFORM_FAILED', { message, retry: 'later' });
}
