/** Where sealed states of Terraform are kept: in Postgres, or in a bucket. A worker whose disk is gone goes on from there. */
import type { Database } from '@rookery/db/pool';
import { deployments, deploymentStacks } from '@rookery/db/schema/deployments';
import { type Bucket, type Metadata, ObjectChanged } from '@rookery/service-kit/aws/s3';
import type { Envelope, Place } from '@rookery/service-kit/envelope';
import { AppError } from '@rookery/service-kit/errors';
import { and, eq, sql } from 'drizzle-orm';
import { STACK_GONE } from '../../reconcile/steps.js';

export interface StackKey {
  organizationId: string;
  deploymentId: string;
}

/** Nobody has it any more: another worker has removed all that it spoke of. */
export class StateRemoved extends AppError {
  constructor({ deploymentId }: StackKey) {
    super('TERRAFORM_FAILED', { message: `the state of ${deploymentId} was removed by another worker`, retry: 'later' });
  }
}

export interface StateVault {
  /** The state as terraform wrote it; null: there is none. */
  read(key: StackKey): Promise<Buffer | null>;
  /** Throws where a newer one is kept, or where it was removed: by then it is another worker's to know. */
  write(key: StackKey, state: Buffer): Promise<void>;
  /** For good. */
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
    await this.db.transaction(async (tx) => {
      const mine = and(eq(deployments.organizationId, key.organizationId), eq(deployments.id, key.deploymentId));
      const [deployment] = await tx.select({ id: deployments.id }).from(deployments).where(mine);
      if (deployment === undefined) throw new StateRemoved(key);
      await tx.insert(deploymentStacks).values(key).onConflictDoNothing();
      const [row] = await tx.select().from(deploymentStacks).where(one(key)).for('update');
      if (row!.generation === STACK_GONE) throw new StateRemoved(key);
      const there = row!.sealedState === null ? null : serialOf(this.envelope.open(row!.sealedState, statePlace(key)));
      if (there !== null && there > serialOf(state)) throw overtaken(key, there, serialOf(state));
      await tx.update(deploymentStacks).set({ sealedState, updatedAt: sql`now()` }).where(one(key));
    });
  }

  async remove(key: StackKey): Promise<void> {
    await this.db.update(deploymentStacks).set({ sealedState: null }).where(one(key));
  }
}

export const STATES_FOLDER = 'states/';
const TRIES = 3;
/** Content of an object whose state was removed. Shorter than any state, so that a rule of the bucket can tell them apart. */
const REMOVED = 'removed';

/**
 * What is removed leaves a mark in its place: a worker that was away, and comes back with what it did meanwhile, finds it
 * and is refused. Were there nothing, its write would be like the first. `older`: where states lie from before there was a
 * bucket; each moves at its next change.
 */
export class BucketVault implements StateVault {
  constructor(
    private readonly bucket: Bucket,
    private readonly envelope: Envelope,
    private readonly older: StateVault,
  ) {}

  async read(key: StackKey): Promise<Buffer | null> {
    const sealed = await this.bucket.read(objectOf(key));
    if (sealed === REMOVED) return null;
    return sealed === null ? this.older.read(key) : this.envelope.open(sealed, statePlace(key));
  }

  async write(key: StackKey, state: Buffer): Promise<void> {
    const serial = serialOf(state);
    const metadata = { serial: String(serial), key: this.envelope.newestId };
    await this.replace(key, ({ metadata: there }) => {
      if (isRemoved(there)) throw new StateRemoved(key);
      if (Number(there['serial']) > serial) throw overtaken(key, Number(there['serial']), serial);
      return { body: this.envelope.seal(state, statePlace(key)), metadata };
    });
    await this.older.remove(key);
  }

  async remove(key: StackKey): Promise<void> {
    await this.replace(key, ({ metadata }) => (isRemoved(metadata) ? null : { body: REMOVED, metadata: { [REMOVED]: 'true' } }));
    await this.older.remove(key);
  }

  /** Writes what follows from what is there now, whoever else writes. `next`: null leaves it as it is. */
  private async replace(
    key: StackKey,
    next: (there: { metadata: Metadata }) => { body: string; metadata: Metadata } | null,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      const there = await this.bucket.look(objectOf(key));
      const change = next(there ?? { metadata: {} });
      if (change === null) return;
      try {
        return await this.bucket.write(objectOf(key), change.body, { metadata: change.metadata, over: there?.version ?? null });
      } catch (error) {
        if (!(error instanceof ObjectChanged) || tries === TRIES) throw error;
      }
    }
  }
}

/** Of an object in which there is no state any more. */
export function isRemoved(metadata: Metadata): boolean {
  return metadata[REMOVED] === 'true';
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

function overtaken({ deploymentId }: StackKey, theirs: number, ours: number): AppError {
  const message = `a newer state of ${deploymentId} is kept (serial ${theirs}, ours is ${ours}): another worker was faster`;
  return new AppError('TERRAFORM_FAILED', { message, retry: 'later' });
}
