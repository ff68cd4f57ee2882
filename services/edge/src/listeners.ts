/** Keeps the open ports equal to the route table. Workers share ports by SO_REUSEPORT; the kernel spreads the clients. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Listener } from './route-table.js';

export interface ListenFailure {
  port: number;
  /** Like `EADDRINUSE`. */
  code: string;
}

export class Listeners {
  private readonly open = new Map<number, { listener: Listener; server: Server }>();

  constructor(private readonly accept: (socket: Socket, listener: Listener) => void) {}

  /** Opens and closes ports until exactly `wanted` is served; resolves to what could not be opened. */
  async serve(bind: string, wanted: Map<number, Listener>): Promise<ListenFailure[]> {
    for (const [port, { listener, server }] of this.open) {
      const next = wanted.get(port);
      if (next?.kind === listener.kind && next.shared === listener.shared) continue;
      this.open.delete(port);
      await new Promise<void>((resolve) => {
        server.close();
        // Connections outlive their port; only the listening socket must be gone.
        setImmediate(resolve);
      });
    }
    const failures: ListenFailure[] = [];
    for (const [port, listener] of wanted) {
      if (this.open.has(port)) continue;
      const code = await this.listen(bind, listener);
      if (code !== null) failures.push({ port, code });
    }
    return failures;
  }

  private listen(bind: string, listener: Listener): Promise<string | null> {
    return new Promise((resolve) => {
      const server = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket, listener));
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
      server.listen({ host: bind, port: listener.port, reusePort: true, backlog: 4_096 }, () => {
        this.open.set(listener.port, { listener, server });
        resolve(null);
      });
    });
  }

  async close(): Promise<void> {
    for (const { server } of this.open.values()) server.close();
    this.open.clear();
  }
}
