/**
 * The private listener: machines' agents, other apis and the launcher come in here, over a unix socket or a private
 * port. It is plain HTTP without log-in: whoever reaches it is trusted, so it is never bound to a public address.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { AgentRoutes } from '../machines/agent-routes.js';
import { StreamsService } from '../machines/streams.service.js';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';
import { InternalRoutes } from './internal-routes.js';
import { addressOf } from './listen-address.js';
import { RouteServer } from './route-server.js';

@Injectable()
export class PrivateServer {
  private readonly server: Server;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) log: Logger,
    private readonly streams: StreamsService,
    agent: AgentRoutes,
    internal: InternalRoutes,
  ) {
    const routes = new RouteServer([...agent.routes, ...internal.routes], log, async () => null);
    this.server = createServer((request, response) => void routes.serve(request, response));
  }

  async listen(): Promise<void> {
    const { API_PRIVATE_LISTEN: address } = this.config;
    const socket = address.startsWith('/');
    if (socket) rmSync(address, { force: true });
    await new Promise<void>((done, fail) => this.server.once('error', fail).listen(socket ? { path: address } : addressOf(address), done));
    if (socket) chmodSync(address, 0o660);
  }

  async close(): Promise<void> {
    await this.streams.close();
    const closed = new Promise<void>((done) => this.server.close(() => done()));
    this.server.closeIdleConnections();
    await closed;
  }
}
