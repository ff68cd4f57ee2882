/** Serves machine streams, and keeps `machine_streams` true for as long as they last. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { idSchema } from '@rookery/contracts/ids';
import { AppError } from '@rookery/service-kit/errors';
import { NotificationHub } from '../live/notification-hub.js';
import { LOGGER, type Logger } from '../tokens.js';
import { JoinService } from './join.service.js';
import { MachineDeployments } from './machine-deployments.js';
import { MachineStream } from './machine-stream.js';
import { MachineStreams } from './machine-streams.js';

@Injectable()
export class StreamsService {
  private readonly serving = new Set<Promise<void>>();

  constructor(
    private readonly machines: JoinService,
    private readonly deployments: MachineDeployments,
    private readonly hub: NotificationHub,
    private readonly open: MachineStreams,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Answers by itself: the stream lasts until either side ends it. */
  async serve(machineId: string, request: IncomingMessage, response: ServerResponse): Promise<null> {
    if (!idSchema('machine').safeParse(machineId).success || !(await this.machines.isKnown(machineId))) throw new AppError('NOT_FOUND');
    const stream = new MachineStream(machineId, response, {
      deployments: this.deployments,
      hub: this.hub,
      onAlive: () => this.machines.markSeen(machineId),
      onError: (error) => this.log.error({ err: error, machineId }, 'a machine stream failed'),
    });
    const served = stream.ended
      .then(() => this.end(machineId, stream))
      .catch((error: unknown) => this.log.warn({ err: error }, 'a stream did not end well'));
    this.serving.add(served);
    void served.finally(() => this.serving.delete(served));
    await this.machines.holdStream(machineId, stream.streamId);
    await this.machines.markSeen(machineId);
    if (response.closed) return null;
    this.open.add(machineId, stream);
    const lastEventId = request.headers['last-event-id'];
    await stream.begin(typeof lastEventId === 'string' ? lastEventId : undefined);
    return null;
  }

  async close(): Promise<void> {
    this.open.closeAll();
    await Promise.all(this.serving);
  }

  private async end(machineId: string, stream: MachineStream): Promise<void> {
    this.open.remove(machineId, stream);
    await this.machines.dropStream(machineId, stream.streamId);
  }
}
