/** HTTP to the api's private listener: several addresses, tried in turn; unix sockets and TCP alike. */
import { type IncomingMessage, type RequestOptions, request } from 'node:http';

class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('no api answers', { cause });
    this.name = 'ApiUnreachable';
  }
}

/** The api understood and refused. `status` is the HTTP status. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    body: string,
  ) {
    super(`the api answered ${status}: ${body.slice(0, 300)}`);
    this.name = 'ApiRefusal';
  }
}

const POST_TIMEOUT_MS = 10_000;

export class ApiClient {
  private preferred = 0;

  constructor(private readonly urls: readonly string[]) {}

  /** Posts JSON and resolves to the parsed answer. Rejects with {@link ApiRefusal} or {@link ApiUnreachable}. */
  async post(path: string, body: unknown): Promise<unknown> {
    return this.anywhere(async (url) => {
      const text = JSON.stringify(body);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const response = await open(url, { method: 'POST', path, headers, timeout: POST_TIMEOUT_MS }, text);
      const answer = await readAll(response);
      if ((response.statusCode ?? 500) >= 300) throw new ApiRefusal(response.statusCode ?? 500, answer);
      return answer === '' ? null : JSON.parse(answer);
    });
  }

  /** Opens a long answer (an event stream). */
  async stream(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
    return this.anywhere(async (url) => {
      const response = await open(url, { method: 'GET', path, headers: { accept: 'text/event-stream', ...headers } });
      if (response.statusCode !== 200) throw new ApiRefusal(response.statusCode ?? 500, await readAll(response));
      return response;
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
        if (error instanceof ApiRefusal && error.status < 500) throw error;
        last = error;
      }
    }
    throw new ApiUnreachable(last);
  }
}

function open(url: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
  const target: RequestOptions = url.startsWith('unix:')
    ? { socketPath: url.slice('unix:'.length), host: 'localhost' }
    : { host: new URL(url).hostname, port: new URL(url).port };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, ...options }, resolve);
    outgoing.once('error', reject);
    outgoing.once('timeout', () => outgoing.destroy(new Error('timed out')));
    outgoing.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
