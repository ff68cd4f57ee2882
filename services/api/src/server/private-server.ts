/**
 * The private listener: machines' agents, other apis and the launcher come in here, over a unix socket or a private
 * port. It is plain HTTP without log-in: whoever reaches it is trusted, so it is never bound to a public address.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ERROR_CODES } from '@rookery/contracts/error-codes';
import { isDatabaseAway } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { ZodError, z } from 'zod';
import { InputErrors } from '../graphql/input.js';
import { AgentRoutes } from '../machines/agent-routes.js';
import { StreamsService } from '../machines/streams.service.js';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';
import { InternalRoutes } from './internal-routes.js';
import type { PrivateRoute } from './private-routes.js';

const BODY_BYTES_MAX = 1024 * 1024;

@Injectable()
export class PrivateServer {
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));
  private readonly routes: readonly PrivateRoute[];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly streams: StreamsService,
    agent: AgentRoutes,
    internal: InternalRoutes,
  ) {
    this.routes = [...agent.routes, ...internal.routes];
  }

  async listen(): Promise<void> {
    const { API_PRIVATE_LISTEN: address } = this.config;
    const socket = address.startsWith('/');
    if (socket) rmSync(address, { force: true });
    const colon = address.lastIndexOf(':');
    const options = socket ? { path: address } : { host: address.slice(0, colon) || '127.0.0.1', port: Number(address.slice(colon + 1)) };
    await new Promise<void>((done, fail) => this.server.once('error', fail).listen(options, done));
    if (socket) chmodSync(address, 0o660);
  }

  async close(): Promise<void> {
    await this.streams.close();
    const closed = new Promise<void>((done) => this.server.close(() => done()));
    this.server.closeIdleConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://private');
    try {
      const found = this.routes
        .filter(([method]) => method === request.method)
        .map(([, path, answer]) => ({ answer, rest: matched(path, url.pathname) }))
        .find(({ rest }) => rest !== null);
      if (!found) throw new AppError('NOT_FOUND');
      const json = (bytesMax = BODY_BYTES_MAX) => readJson(request, bytesMax);
      const answer = await found.answer({ request, response, url, rest: found.rest!, json });
      if (answer) send(response, ...answer);
    } catch (error) {
      this.refuse(response, error);
    }
  }

  private refuse(response: ServerResponse, thrown: unknown): void {
    const error = errorOf(thrown);
    if (error.code === 'INTERNAL') this.log.error({ err: thrown }, 'a private request failed');
    if (response.headersSent) return void response.destroy();
    const { title, status } = ERROR_CODES[error.code];
    send(response, status, { title, status, code: error.code, detail: error.publicMessage, path: error.path });
  }
}

function errorOf(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof InputErrors) return thrown.errors[0]!;
  if (thrown instanceof ZodError) return new AppError('BAD_REQUEST', { message: z.prettifyError(thrown) });
  return new AppError(isDatabaseAway(thrown) ? 'UNAVAILABLE' : 'INTERNAL', { cause: thrown });
}

/** What the `*` at the end of a route stands for; '' for a route without one, null where the path is another. */
function matched(path: string, actual: string): string | null {
  if (!path.endsWith('*')) return path === actual ? '' : null;
  const prefix = path.slice(0, -1);
  return actual.startsWith(prefix) && actual.length > prefix.length ? actual.slice(prefix.length) : null;
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new AppError('PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new AppError('BAD_REQUEST', { message: 'The body is no JSON.', cause: error });
  }
}
