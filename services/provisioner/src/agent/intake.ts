/**
 * What the stream tells, taken in the order in which it came: first on disk, then acted upon. What came meanwhile is taken
 * in one go, so that thousands of deployments do not wait for the disk one after the other, and nobody else for them.
 */
import type { MachineDeployment } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';

const BATCH_MAX = 64;
const RETRY_MS = 1_000;

export interface Told {
  deploymentId: string;
  /** What it means, once everything before it was acted upon; null: nothing here. */
  compose(): MachineDeployment | null;
}

export class Intake {
  private waiting: Told[] = [];
  private taking = false;

  constructor(
    private readonly save: (deployment: MachineDeployment) => Promise<void>,
    private readonly act: (deployment: MachineDeployment) => void,
    private readonly log: Logger,
  ) {}

  tell(told: Told): void {
    this.waiting.push(told);
    if (this.taking) return;
    this.taking = true;
    void this.takeAll().finally(() => (this.taking = false));
  }

  private async takeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      const failed = (await Promise.all(batch.map((told) => this.take(told)))).flatMap((told) => told ?? []);
      if (failed.length === 0) continue;
      this.waiting = [...failed, ...this.waiting];
      await new Promise((wake) => setTimeout(wake, RETRY_MS));
    }
  }

  /** Each deployment once: what is told of it again is composed after the first was acted upon. */
  private nextBatch(): Told[] {
    const named = new Set<string>();
    const end = this.waiting.findIndex(({ deploymentId }, at) => at === BATCH_MAX || named.size === named.add(deploymentId).size);
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  /** Resolves to what has to be taken again, or null. */
  private async take(told: Told): Promise<Told | null> {
    try {
      const deployment = told.compose();
      if (deployment === null) return null;
      // What goes needs no room on a disk that may be full.
      if (deployment.runtime.state !== 'DELETED') await this.save(deployment);
      this.act(deployment);
      return null;
    } catch (error) {
      this.log.error(
        { err: error, deploymentId: told.deploymentId },
        'what was told of a deployment could not be taken; it is tried again',
      );
      return told;
    }
  }
}
