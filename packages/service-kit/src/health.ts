/** A tiny HTTP listener for `/healthz`, `/readyz` and `/metrics` of processes that serve nothing else (unix socket or private port). */
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { register } from 'prom-client';

export interface HealthOptions {
  /** Unix socket path. */
  path: string;
  /** Resolves to the reasons why the process is not ready; empty = ready. */
  notReady(): Promise<string[]> | string[];
}

/** Listens and resolves to the server; a socket left behind by a killed process is replaced. */
export async function serveHealth(options: HealthOptions): Promise<Server> {
  rmSync(options.path, { force: true });
  const server = createServer(async (request, response) => {
    const send = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    if (request.url === '/healthz') return send(200, '{"status":"ok"}');
    if (request.url === '/metrics') return send(200, await register.metrics(), register.contentType);
    if (request.url === '/readyz') {
      const reasons = await options.notReady();
      return send(reasons.length === 0 ? 200 : 503, JSON.stringify({ status: reasons.length === 0 ? 'ok' : 'not ready', reasons }));
    }
    return send(404, '{"status":"not found"}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.path, resolve);
  });
  return server;
}
