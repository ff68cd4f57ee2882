/** Calls to the private listener, as agents and other apis make them. */
import { type IncomingMessage, request } from 'node:http';

export async function postJson(socketPath: string, path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await open(socketPath, 'POST', path, {}, typeof body === 'string' ? body : JSON.stringify(body));
  return { status: response.statusCode!, body: await readJson(response) };
}

export async function getText(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  const response = await open(socketPath, 'GET', path, {});
  return { status: response.statusCode!, text: await readText(response) };
}

interface StreamEvent {
  id: string | null;
  event: string;
  data: any;
}

export interface OpenedStream {
  /** The next event of that name; what comes before it is dropped. */
  next(event: string, timeoutMs?: number): Promise<StreamEvent>;
  /** What has come and was not taken. */
  waiting(): StreamEvent[];
  close(): void;
  ended: Promise<void>;
}

/** Opens a machine's stream and gathers its events. */
export async function openStream(socketPath: string, machineId: string, lastEventId?: string): Promise<OpenedStream> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  return readStream(await open(socketPath, 'GET', `/agent/stream?machineId=${machineId}`, headers));
}

/** Gathers the events of a stream that has just answered. */
export function readStream(response: IncomingMessage): OpenedStream {
  if (response.statusCode !== 200) throw new Error(`the stream answered ${response.statusCode}`);
  const queue: StreamEvent[] = [];
  let wake = () => {};
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
      const event = field('event');
      if (event) queue.push({ id: field('id'), event, data: JSON.parse(field('data') ?? 'null') });
    }
    wake();
  });
  const ended = new Promise<void>((done) => response.once('close', done));
  response.on('error', () => {});
  const next: OpenedStream['next'] = async (event, timeoutMs = 3_000) => {
    for (const deadline = Date.now() + timeoutMs; ; ) {
      const found = queue.findIndex((each) => each.event === event);
      if (found !== -1) return queue.splice(0, found + 1).at(-1)!;
      if (Date.now() >= deadline) throw new Error(`no event ${event} within ${timeoutMs} ms; got ${JSON.stringify(queue).slice(0, 300)}`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, deadline - Date.now());
        wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  };
  return { next, waiting: () => queue, close: () => response.destroy(), ended };
}

function open(socketPath: string, method: string, path: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath, host: 'localhost', method, path, headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) } },
      resolve,
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const text = await readText(response);
  return text === '' ? null : JSON.parse(text);
}
