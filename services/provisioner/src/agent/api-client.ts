/**
 * HTTP to the api: several addresses, tried in turn; its private listener by unix socket or TCP, its door for machines by
 * TLS with the identity of this machine.
 */
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { DOOR_NAME } from '@rookery/contracts/machine-door';

class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('no api answers', { cause });
    this.name = 'ApiUnreachable';
  }
}

/** The api understood and refused. `status` is the HTTP status. */
export class ApiRefusal extends Error {
  /** Of error-codes.ts; '' where the answer was none of the api's own. */
  readonly code: string;
  readonly detail: string;

  constructor(
    readonly status: number,
    body: string,
  ) {
    const { code = '', detail = '' } = problemIn(body);
    super(`the api answered ${status}: ${detail === '' ? body.slice(0, 300) : `${code}: ${detail}`}`);
    this.name = 'ApiRefusal';
    this.code = code;
    this.detail = detail;
  }
}

/** How the two sides of the TLS door prove themselves; PEM. */
export interface DoorIdentity {
  /** Null: whoever answers is listened to; for asking which authority it is, and nothing else. */
  authority: string | null;
  /** Absent before the machine has joined. */
  own?: { certificate: string; privateKey: string };
}

const POST_TIMEOUT_MS = 10_000;
const IDLE_SOCKETS_MAX = 4;
/** The certificate itself was refused, not the request. */
const IDENTITY_CODES = ['MACHINE_CERTIFICATE_REFUSED', 'MACHINE_REVOKED'];

export class ApiClient {
  private preferred = 0;
  private agent: Agent | undefined;
  /** Why the api does not take this machine's certificate; null while it does. */
  identityRefusal: string | null = null;

  constructor(private readonly urls: readonly string[]) {}

  /** Counts from the next call on; what is under way, the stream above all, goes on as it began. */
  useIdentity({ authority, own }: DoorIdentity): void {
    for (const idle of Object.values(this.agent?.freeSockets ?? {}).flat()) idle?.destroy();
    this.identityRefusal = null;
    this.agent = new Agent({
      keepAlive: true,
      maxFreeSockets: IDLE_SOCKETS_MAX,
      servername: DOOR_NAME,
      ...(authority === null ? { rejectUnauthorized: false } : { ca: authority }),
      ...(own === undefined ? {} : { cert: own.certificate, key: own.privateKey }),
    });
  }

  /** Posts JSON and resolves to the parsed answer. Rejects with {@link ApiRefusal} or {@link ApiUnreachable}. */
  post(path: string, body: unknown): Promise<unknown> {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return this.answerOf({ method: 'POST', path, headers, timeout: POST_TIMEOUT_MS }, text);
  }

  /** Resolves to the parsed answer; rejects like {@link post}. */
  get(path: string): Promise<unknown> {
    return this.answerOf({ method: 'GET', path, timeout: POST_TIMEOUT_MS });
  }

  /** Opens a long answer (an event stream). */
  async stream(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
    return this.anywhere(async (url) => {
      const response = await this.open(url, { method: 'GET', path, headers: { accept: 'text/event-stream', ...headers } });
      if (response.statusCode !== 200) throw new ApiRefusal(response.statusCode ?? 500, await readAll(response));
      return response;
    });
  }

  private answerOf(options: RequestOptions, text?: string): Promise<unknown> {
    return this.anywhere(async (url) => {
      const response = await this.open(url, options, text);
      const answer = await readAll(response);
      if ((response.statusCode ?? 500) >= 300) throw new ApiRefusal(response.statusCode ?? 500, answer);
      return answer === '' ? null : JSON.parse(answer);
    });
  }

  private async anywhere<T>(attempt: (url: string) => Promise<T>): Promise<T> {
    let last: unknown;
    for (let i = 0; i < this.urls.length; i++) {
      const index = (this.preferred + i) % this.urls.length;
      try {
        const result = await attempt(this.urls[index]!);
        this.preferred = index;
        return result;
      } catch (error) {
        if (error instanceof ApiRefusal && error.status < 500) {
          if (IDENTITY_CODES.includes(error.code)) this.identityRefusal = error.detail;
          throw error;
        }
        last = error;
      }
    }
    throw new ApiUnreachable(last);
  }

  private open(url: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = this.requestTo(url, options, resolve);
      outgoing.once('error', reject);
      outgoing.once('timeout', () => outgoing.destroy(new Error('timed out')));
      outgoing.end(body);
    });
  }

  private requestTo(url: string, options: RequestOptions, onResponse: (response: IncomingMessage) => void) {
    if (url.startsWith('unix:')) return plainRequest({ socketPath: url.slice('unix:'.length), host: 'localhost', ...options }, onResponse);
    const { hostname, port, protocol } = new URL(url);
    const target = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, ...options };
    if (protocol !== 'https:') return plainRequest(target, onResponse);
    return tlsRequest({ ...target, port: port === '' ? 443 : port, agent: this.agent }, onResponse);
  }
}

function problemIn(body: string): { code?: string; detail?: string } {
  try {
    const { code, detail } = JSON.parse(body) as Record<string, unknown>;
    return typeof code === 'string' && typeof detail === 'string' ? { code, detail } : {};
  } catch {
    return {};
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
