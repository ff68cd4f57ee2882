/**
 * The private listener: machines' agents, other apis and the launcher come in here, over a unix socket or a private
 * port. It is plain HTTP without log-in: whoever reaches it is trusted, so it is never bound to a public address.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ERROR_CODES } from '@rookery/contracts/error-codes';
import { ANSWER_BYTES_MAX, questionSchema } from '@rookery/contracts/questions';
import { idSchema } from '@rookery/contracts/ids';
import { isDatabaseAway } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { ZodError, z } from 'zod';
import { AuthService } from '../auth/auth.service.js';
import { QuestionsService } from '../clients/questions.service.js';
import { InputErrors } from '../graphql/input.js';
import { JoinService } from '../machines/join.service.js';
import { MachineStreams } from '../machines/machine-streams.js';
import { ReportsService } from '../machines/reports.service.js';
import { StreamsService } from '../machines/streams.service.js';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';
import { HealthService } from './health.service.js';

const REPORT_BYTES_MAX = 32 * 1024 * 1024;
const relayedQuestionSchema = z.object({ machineId: idSchema('machine'), question: questionSchema });

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What the `*` of the route stands for. */
  rest: string;
  json: (bytesMax?: number) => Promise<unknown>;
}
/** Status and body; null when the route answers by itself. */
type Answer = readonly [status: number, body?: unknown] | null;

@Injectable()
export class PrivateApi {
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));
  private readonly routes: readonly [method: string, path: string, (call: Call) => Promise<Answer>][];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    auth: AuthService,
    questions: QuestionsService,
    machines: JoinService,
    reports: ReportsService,
    private readonly streams: StreamsService,
    open: MachineStreams,
    health: HealthService,
  ) {
    const answer = async ({ rest, url, json }: Call): Promise<Answer> => {
      await questions.answer(rest, url.searchParams.get('askedBy'), await json(ANSWER_BYTES_MAX * 2));
      return [204];
    };
    this.routes = [
      ['POST', '/agent/join', async ({ json }) => [200, await machines.join(await json())]],
      ['POST', '/agent/reports', async ({ json }) => [200, await reports.take(await json(REPORT_BYTES_MAX))]],
      ['POST', '/agent/answers/*', answer],
      ['GET', '/agent/stream', ({ url, request, response }) => streams.serve(url.searchParams.get('machineId') ?? '', request, response)],
      ['POST', '/internal/answers/*', answer],
      [
        'POST',
        '/internal/questions',
        async ({ json }) => {
          const { machineId, question } = relayedQuestionSchema.parse(await json());
          return [open.ask(machineId, question) ? 204 : 404];
        },
      ],
      ['POST', '/internal/bootstrap', async ({ json }) => [201, await auth.bootstrap(await json())]],
      ['POST', '/internal/setup-links', async () => [201, { token: await auth.makeSetupToken() }]],
      ['GET', '/healthz', async () => [200, { status: 'ok' }]],
      ['GET', '/readyz', () => health.readiness()],
      ['GET', '/metrics', ({ response }) => health.metrics(response)],
    ];
  }

  async listen(): Promise<void> {
    const { API_PRIVATE_LISTEN: address } = this.config;
    const socket = address.startsWith('/');
    if (socket) rmSync(address, { force: true });
    await new Promise<void>((done, fail) => {
      this.server.once('error', fail);
      if (socket) this.server.listen(address, done);
      else
        this.server.listen(
          Number(address.slice(address.lastIndexOf(':') + 1)),
          address.slice(0, address.lastIndexOf(':')) || '127.0.0.1',
          done,
        );
    });
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
    for (const [method, path, handler] of this.routes) {
      const rest = request.method === method ? matched(path, url.pathname) : null;
      if (rest === null) continue;
      try {
        const json = (bytesMax = 1024 * 1024) => readJson(request, bytesMax);
        const answer = await handler({ request, response, url, rest, json });
        if (answer) send(response, ...answer);
      } catch (error) {
        this.refuse(response, error);
      }
      return;
    }
    this.refuse(response, new AppError('NOT_FOUND'));
  }

  private refuse(response: ServerResponse, thrown: unknown): void {
    const error = privateErrorOf(thrown);
    if (error.code === 'INTERNAL') this.log.error({ err: thrown }, 'a private request failed');
    const { title, status } = ERROR_CODES[error.code];
    if (!response.headersSent) send(response, status, { title, status, code: error.code, detail: error.publicMessage, path: error.path });
    else response.destroy();
  }
}

function privateErrorOf(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof InputErrors) return thrown.errors[0]!;
  if (thrown instanceof ZodError) return new AppError('BAD_REQUEST', { message: z.prettifyError(thrown) });
  return new AppError(isDatabaseAway(thrown) ? 'UNAVAILABLE' : 'INTERNAL', { cause: thrown });
}

function matched(path: string, actual: string): string | null {
  if (!path.endsWith('*')) return path === actual ? '' : null;
  const prefix = path.slice(0, -1);
  return actual.startsWith(prefix) && actual.length > prefix.length ? actual.slice(prefix.length) : null;
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, body === undefined ? {} : { 'content-type': type }).end(body === undefined ? undefined : JSON.stringify(body));
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
