/** Answers the calls of one listener from a list of routes; errors become problem+json. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERROR_CODES } from '@rookery/contracts/error-codes';
import { isDatabaseAway } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { ZodError, z } from 'zod';
import { InputErrors } from '../graphql/input.js';
import type { Logger } from '../tokens.js';
import type { PrivateRoute } from './private-routes.js';

const BODY_BYTES_MAX = 1024 * 1024;

export class RouteServer {
  constructor(
    private readonly routes: readonly PrivateRoute[],
    private readonly log: Logger,
    /** The machine whose certificate came with the request; null where there need be none. Throws to refuse. */
    private readonly identify: (request: IncomingMessage, path: string) => Promise<string | null>,
  ) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://private');
      const certified = await this.identify(request, url.pathname);
      const found = this.routes
        .filter(([method]) => method === request.method)
        .map(([, path, answer]) => ({ answer, rest: matched(path, url.pathname) }))
        .find(({ rest }) => rest !== null);
      if (!found) throw new AppError('NOT_FOUND');
      const json = (bytesMax = BODY_BYTES_MAX) => readJson(request, bytesMax);
      const answer = await found.answer({ request, response, url, rest: found.rest!, certified, json });
      if (answer) send(response, ...answer);
    } catch (error) {
      this.refuse(request, response, error);
    }
  }

  private refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    const error = errorOf(thrown);
    if (error.code === 'INTERNAL') this.log.error({ err: thrown }, 'a private request failed');
    if (error.code === 'FORBIDDEN' || error.code.startsWith('MACHINE_') || error.code === 'JOIN_TOKEN_REFUSED') {
      const from = request.socket.remoteAddress;
      this.log.warn({ code: error.code, detail: error.publicMessage, path: request.url?.split('?')[0], from }, 'a machine was refused');
    }
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
