/**
 * Compares what was made with what is there: processes by what their machine reports, containers by what Terraform would
 * change and by what the engine has. What differs is shown on the deployment and, where a driver can, put right by a
 * repair. A container that belongs to nobody is removed if it is provably ours; any other is only shown.
 */
import type { Drift } from '@rookery/contracts/drift';
import type { Database } from '@rookery/db/pool';
import { messageOf } from '@rookery/service-kit/errors';
import type { Logger } from '@rookery/service-kit/log';
import type { Container, Engine } from '../engine/engine.js';
import { readSituation, type Situation } from '../reconcile/situation.repository.js';
import * as repository from './drift.repository.js';
import { judge, type Verdict } from './judge.js';
import { processDrift } from './process-drift.js';

/** What a kind of cell brings to a comparison. */
export interface Comparer {
  /** Whether a repair puts right what differs; else it is only shown. */
  heals: boolean;
  /** Null: nothing differs. */
  compare(situation: Situation): Promise<Drift | null>;
}

/** What Terraform made on an engine. */
export interface ContainerStacks extends Comparer {
  readonly engine: Engine;
  /** Ids that the state of this deployment holds. */
  known(situation: Situation): Promise<string[]>;
}

export interface Found {
  drift: { deploymentId: string; drift: Drift; healed: boolean }[];
  orphans: repository.Orphan[];
}

export class Comparison {
  constructor(
    private readonly db: Database,
    /** Null: this worker has not what it needs, and compares nothing of that kind. */
    private readonly stacks: { docker: ContainerStacks | null; aws: Comparer | null },
    private readonly log: Logger,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Resolves to the deployments for which a repair was asked for, and all else that it found. */
  async run(): Promise<Found> {
    const drift: Found['drift'] = [];
    for (const subject of await repository.settledDeployments(this.db)) {
      try {
        const situation = await readSituation(this.db, { ...subject, wanted: 0, attempts: 0 });
        const found = situation === null ? null : await this.compare(situation);
        if (found !== null) drift.push(found);
      } catch (error) {
        this.log.warn({ err: error, deploymentId: subject.deploymentId }, `a deployment could not be compared: ${messageOf(error)}`);
      }
    }
    return { drift, orphans: await this.orphans() };
  }

  private async compare(situation: Situation): Promise<Found['drift'][number] | null> {
    const comparer = this.comparerOf(situation);
    if (comparer === null) return null;
    const found = await comparer.compare(situation);
    await repository.noteDrift(this.db, situation, found);
    if (found === null) return null;
    const healed = comparer.heals && (await repository.heal(this.db, situation));
    const { id: deploymentId } = situation.deployment;
    this.log.warn({ deploymentId, ...found, healed }, 'a deployment is not as it was made');
    return { deploymentId, drift: found, healed };
  }

  private comparerOf({ docker, aws, deployment, stackGeneration }: Situation): Comparer | null {
    if (docker === null && aws === null) return { heals: true, compare: async (each) => this.ofProcess(each) };
    // What is stopped is made right when it starts.
    return deployment.state === 'RUNNING' && stackGeneration === deployment.generation
      ? this.stacks[aws === null ? 'docker' : 'aws']
      : null;
  }

  private ofProcess({ deployment: wanted, infrastructure, report }: Situation): Drift | null {
    const { state, generation, stateAt } = report ?? { state: null, generation: 0, stateAt: null };
    const reported = state === null || stateAt === null ? null : { state, generation, at: stateAt };
    return processDrift({ wanted, toldAt: infrastructure!.updatedAt, reported }, this.now());
  }

  private async orphans(): Promise<repository.Orphan[]> {
    const { docker } = this.stacks;
    if (docker === null) return [];
    const own = await repository.installationId(this.db);
    const found: repository.Orphan[] = [];
    for (const container of await docker.engine.list('rookery.managed=terraform')) {
      const verdict = await this.judge(docker, own, container);
      if (verdict === null) continue;
      if (verdict.remove) await docker.engine.remove(container.id);
      const orphan = { id: container.id, deploymentId: container.labels['rookery.deployment'] ?? '', reason: verdict.reason };
      this.log.warn({ ...orphan, removed: verdict.remove }, 'a container belongs to no deployment');
      found.push({ ...orphan, removed: verdict.remove });
    }
    await repository.noteOrphans(this.db, found);
    return found;
  }

  private async judge(docker: ContainerStacks, own: string, { id, labels }: Container): Promise<Verdict | null> {
    const deploymentId = labels['rookery.deployment'] ?? null;
    const { deployment, organizationId } = await repository.recall(this.db, deploymentId);
    const inState = organizationId === null ? null : await this.inState(docker, { organizationId, deploymentId: deploymentId! });
    return judge({ id, deploymentId, installationId: labels['rookery.installation'] ?? null }, own, { deployment, inState });
  }

  /** Null while something is being done: a state is whole only between two runs. */
  private async inState(docker: ContainerStacks, subject: { organizationId: string; deploymentId: string }): Promise<string[] | null> {
    const situation = await readSituation(this.db, { ...subject, wanted: 0, attempts: 0 });
    if (situation === null || situation.stackGeneration < 1) return null;
    const settled = (await repository.settledDeployments(this.db)).some(({ deploymentId }) => deploymentId === subject.deploymentId);
    return settled ? docker.known(situation) : null;
  }
}
