/** Speaks to the private listener of another api, over TCP or a unix socket. */
import { type RequestOptions, request } from 'node:http';

/** Resolves to the HTTP status; rejects when nobody answers in time. */
export function postPrivately(url: string, path: string, body: unknown, timeoutMs: number): Promise<number> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const options: RequestOptions = { ...addressOf(url), path, method: 'POST', headers, timeout: timeoutMs };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 500);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', reject);
    outgoing.end(text);
  });
}

function addressOf(url: string): RequestOptions {
  if (url.startsWith('unix:')) return { socketPath: url.slice('unix:'.length), host: 'localhost' };
  const { hostname, port } = new URL(url);
  return { host: hostname, port };
}
