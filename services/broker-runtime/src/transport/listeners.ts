/** The sockets that clients reach, one server each, all with the same intake. */
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { UsageError } from '../usage-error.js';
import { HandleTransport } from './handle-transport.js';
import type { Intake } from './intake.js';
import { acceptHandles, rawHandlesWork } from '@rookery/service-kit/raw-handle';
import { SocketTransport } from './socket-transport.js';
import type { TransportKind } from './transport.js';

/** Connections that may wait to be accepted; a storm must not be refused by the kernel. */
const BACKLOG = 4096;

export interface ListenOptions {
  host: string;
  port: number | null;
  wsPort: number | null;
  tlsPort: number | null;
  certificateFile: string | null;
  keyFile: string | null;
  unix: string | null;
}

export class Listeners {
  private readonly servers: Server[] = [];
  /** Where clients reach us, in words. */
  readonly addresses: string[] = [];
  private raw = false;

  constructor(
    private readonly intake: Intake,
    private readonly handlesWork: () => Promise<boolean> = rawHandlesWork,
  ) {}

  async open(options: ListenOptions): Promise<void> {
    const { host, port, wsPort, tlsPort, unix } = options;
    this.raw = await this.handlesWork();
    if (port !== null) await this.plain(host, port, 'mqtt');
    if (wsPort !== null) await this.plain(host, wsPort, 'ws');
    if (tlsPort !== null) await this.tls(host, tlsPort, options);
    if (unix !== null) await this.unix(unix);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private async plain(host: string, port: number, scheme: string): Promise<void> {
    const server = this.server('tcp');
    await listen(server, { host, port, backlog: BACKLOG }, `port ${port}`);
    this.takeHandles(server, 'tcp');
    this.servers.push(server);
    this.addresses.push(`${scheme}://${host}:${portOf(server)}`);
  }

  private async unix(path: string): Promise<void> {
    rmSync(path, { force: true });
    const server = this.server('unix');
    await listen(server, { path, backlog: BACKLOG }, `socket ${path}`);
    this.takeHandles(server, 'unix');
    chmodSync(path, 0o600);
    this.servers.push(server);
    this.addresses.push(`unix:${path}`);
  }

  private async tls(host: string, port: number, { certificateFile, keyFile }: ListenOptions): Promise<void> {
    const { createServer: createTlsServer } = await import('node:tls');
    const server = createTlsServer({ cert: readPem('--cert', certificateFile), key: readPem('--key', keyFile) }, (socket) => {
      socket.setNoDelay(true);
      this.intake.take(new SocketTransport(socket, 'tls', socket.getProtocol()));
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    await listen(server, { host, port, backlog: BACKLOG }, `port ${port}`);
    this.servers.push(server);
    this.addresses.push(`mqtts://${host}:${portOf(server)}`);
  }

  private server(kind: TransportKind): Server {
    return createServer({ noDelay: true }, (socket) => this.intake.take(new SocketTransport(socket, kind, null)));
  }

  private takeHandles(server: Server, kind: TransportKind): void {
    if (!this.raw) return;
    acceptHandles(server, (handle) => {
      const transport = new HandleTransport(handle, kind);
      this.intake.take(transport);
      transport.open();
    });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listen(server: Server, where: object, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'is used by another program; stop it or choose another' : error.message;
      reject(new UsageError(`Cannot listen on ${what}: ${taken}.`));
    });
    server.listen(where, () => resolve());
  });
}

function readPem(flag: string, path: string | null): Buffer {
  if (path === null) throw new UsageError(`--tls-port needs ${flag} FILE (PEM).`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`${flag} ${path}: ${(error as Error).message}.`);
  }
}
