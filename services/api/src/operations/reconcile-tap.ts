import { Inject, Injectable } from '@nestjs/common';
import type { ReconcileQueue } from '@rookery/db/queue';
import { LOGGER, type Logger, QUEUE } from '../tokens.js';

/** Tells the provisioner to look now. What it shall see is stored before, so a tap that is lost is found by the resync. */
@Injectable()
export class ReconcileTap {
  constructor(
    @Inject(QUEUE) private readonly queue: ReconcileQueue,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async tap(...deploymentIds: readonly string[]): Promise<void> {
    try {
      await this.queue.look(deploymentIds);
    } catch (error) {
      this.log.warn({ err: error, deploymentIds }, 'the queue took no job; the resync will find it');
    }
  }

  async tapExports(): Promise<void> {
    try {
      await this.queue.lookAtExports();
    } catch (error) {
      this.log.warn({ err: error }, 'the queue took no job; the worker looks for exports by itself');
    }
  }
}
