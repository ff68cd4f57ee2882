/**
 * Serves machine streams, and keeps `machine_streams` true for as long as they last. A machine that is shut out loses its
 * stream at once; one whose certificate has run out loses it at its next sign of life.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { idSchema } from '@rookery/contracts/ids';
import { AppError } from '@rookery/service-kit/errors';
import { NotificationHub } from '../live/notification-hub.js';
import { LOGGER, type Logger } from '../tokens.js';
import { JoinService } from './join.service.js';
import { MachineAccess } from './machine-access.service.js';
import { MachineDeployments } from './machine-deployments.js';
import { MachineStream } from './machine-stream.js';
import { MachineStreams } from './machine-streams.js';

@Injectable()
export class StreamsService {
  private readonly serving = new Set<Promise<void>>();

  constructor(
    private readonly machines: JoinService,
    private readonly access: MachineAccess,
    private readonly deployments: MachineDeployments,
    private readonly hub: NotificationHub,
    private readonly open: MachineStreams,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    hub.listen((each) => {
      if (each?.subject === 'access') this.open.close(each.scopeId);
      if (each === null) for (const machineId of this.open.machineIds) void this.closeUnlessKnown(machineId);
    });
  }

  /** Answers by itself: the stream lasts until either side ends it. */
  async serve(machineId: string, by: { certified: boolean }, request: IncomingMessage, response: ServerResponse): Promise<null> {
    if (!idSchema('machine').safeParse(machineId).success) throw new AppError('NOT_FOUND');
    await this.access.requireKnown(machineId);
    const stream = new MachineStream(machineId, response, {
      deployments: this.deployments,
      hub: this.hub,
      onAlive: async () => {
        if (!(await this.access.markSeen(machineId, by))) stream.close();
      },
      onError: (error) => this.log.error({ err: error, machineId }, 'a machine stream failed'),
    });
    const served = stream.ended
      .then(() => this.end(machineId, stream))
      .catch((error: unknown) => this.log.warn({ err: error }, 'a stream did not end well'));
    this.serving.add(served);
    void served.finally(() => this.serving.delete(served));
    await this.machines.holdStream(machineId, stream.streamId);
    if (response.closed) return null;
    this.open.add(machineId, stream);
    // It may have been shut out between the first question and the stream's place in the list.
    if (!(await this.access.markSeen(machineId, by))) {
      await this.access.requireKnown(machineId);
      throw new AppError('MACHINE_CERTIFICATE_REFUSED', { message: 'The newest certificate of this machine has run out.' });
    }
    const lastEventId = request.headers['last-event-id'];
    await stream.begin(typeof lastEventId === 'string' ? lastEventId : undefined);
    return null;
  }

  async close(): Promise<void> {
    this.open.closeAll();
    await Promise.all(this.serving);
  }

  /** Some news may have been missed. */
  private async closeUnlessKnown(machineId: string): Promise<void> {
    await this.access.requireKnown(machineId).catch((error: unknown) => {
      if (error instanceof AppError) this.open.close(machineId);
    });
  }

  private async end(machineId: string, stream: MachineStream): Promise<void> {
    this.open.remove(machineId, stream);
    await this.machines.dropStream(machineId, stream.streamId);
  }
}
