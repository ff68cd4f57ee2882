/** Reads what goes down a machine's stream: whole deployments, or the policies that changed after a cursor. */
import { Inject, Injectable } from '@nestjs/common';
import type { MachineEvent } from '@rookery/contracts/machine-protocol';
import { type PolicyDocument, policyDocumentSchema } from '@rookery/contracts/policy-document';
import type { Database } from '@rookery/db/pool';
import { asMachine, type MachineTx } from '@rookery/db/transactions';
import { pepperPlace } from '../deployments/pepper.js';
import { composePolicy } from '../policy/policy-document.js';
import { Envelope } from '@rookery/service-kit/envelope';
import { DATABASE } from '../tokens.js';
import * as repository from './machine-deployments.repository.js';

const PIECE = 100;
const CHANGES_MAX = 1_000;

export interface Changes {
  /** Where the next reading goes on. */
  cursor: number;
  events: ({ name: 'runtime'; data: MachineEvent<'runtime'> } | { name: 'change'; data: MachineEvent<'change'> })[];
  /** There may be more already. */
  more: boolean;
}

@Injectable()
export class MachineDeployments {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly envelope: Envelope,
  ) {}

  /** All deployments as of one moment, in pieces, and the cursor of that moment. */
  snapshot(machineId: string): Promise<{ cursor: number; pieces: MachineEvent<'snapshot'>[] }> {
    return asMachine(
      this.db,
      machineId,
      async (tx) => {
        const { newest } = await repository.cursorRange(tx);
        const placed = await repository.placedDeployments(tx, machineId, null);
        const pieces: MachineEvent<'snapshot'>[] = [];
        for (let at = 0; at === 0 || at < placed.length; at += PIECE) {
          const deployments = await this.compose(tx, placed.slice(at, at + PIECE));
          pieces.push({ deployments, complete: at + PIECE >= placed.length });
        }
        return { cursor: newest, pieces };
      },
      true,
    );
  }

  /** Whether a stream can go on from this cursor, or has missed what is no longer kept. */
  knows(machineId: string, cursor: number): Promise<boolean> {
    return asMachine(this.db, machineId, async (tx) => {
      const { oldest, newest } = await repository.cursorRange(tx);
      return cursor <= newest && cursor >= oldest - 1;
    });
  }

  /** Several changes of one deployment are told once, as it is now. */
  changesAfter(machineId: string, cursor: number): Promise<Changes> {
    return asMachine(
      this.db,
      machineId,
      async (tx) => {
        const rows = await repository.changesAfter(tx, cursor, CHANGES_MAX);
        if (rows.length === 0) return { cursor, events: [], more: false };
        const withRuntime = new Set(rows.filter((row) => row.kind === 'runtime').map((row) => row.deploymentId));
        const placed = await repository.placedDeployments(tx, machineId, [...new Set(rows.map((row) => row.deploymentId))]);
        const events = (await this.compose(tx, placed)).map((each) => {
          const { deploymentId } = each.runtime;
          if (withRuntime.has(deploymentId)) return { name: 'runtime' as const, data: each };
          return { name: 'change' as const, data: { deploymentId, policy: each.policy, sleepAfterSeconds: each.sleepAfterSeconds } };
        });
        return { cursor: rows.at(-1)!.cursor, events, more: rows.length === CHANGES_MAX };
      },
      true,
    );
  }

  private async compose(tx: MachineTx, placed: readonly repository.PlacedDeployment[]): Promise<MachineEvent<'runtime'>[]> {
    if (placed.length === 0) return [];
    const rows = await repository.policyRows(
      tx,
      placed.map(({ deployment }) => deployment.id),
    );
    return placed.map(({ deployment, spec }) => {
      const pepper = this.envelope.open(deployment.sealedPepper, pepperPlace(deployment.organizationId, deployment.id));
      const policy: PolicyDocument = policyDocumentSchema.parse(
        composePolicy({
          deployment,
          pepper,
          credentials: rows.credentials.get(deployment.id) ?? [],
          accessRules: rows.accessRules.get(deployment.id) ?? [],
        }),
      );
      return { runtime: spec, policy, sleepAfterSeconds: deployment.sleepAfterSeconds };
    });
  }
}
