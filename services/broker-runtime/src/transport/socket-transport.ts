/** A client over Node's own socket: TLS, and everything where raw handles do not work. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { StreamTransport, TransportEvents, TransportKind } from './transport.js';

/** How long a closing link may take to send its rest. */
const LINGER_MS = 2_000;

export class SocketTransport implements StreamTransport {
  events!: TransportEvents;
  remoteAddress: string | null;

  constructor(
    private readonly socket: Socket | TLSSocket,
    public kind: TransportKind,
    public tlsVersion: string | null,
  ) {
    this.remoteAddress = socket.remoteAddress ?? null;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.events.onData(chunk, 0, chunk.length));
    socket.on('drain', () => this.events.onDrain());
    socket.on('end', () => socket.end());
    socket.on('close', () => this.events.onClose());
  }

  get pendingBytes(): number {
    return this.socket.writableLength;
  }

  identify(remoteAddress: string, tlsVersion: string | null): void {
    this.remoteAddress = remoteAddress;
    this.tlsVersion = tlsVersion;
    this.kind = tlsVersion === null ? 'tcp' : 'tls';
  }

  intoSocket(first: Buffer): Socket {
    const { socket } = this;
    for (const event of ['data', 'drain', 'end', 'close']) socket.removeAllListeners(event);
    socket.pause();
    socket.unshift(first);
    return socket;
  }

  write(bytes: Buffer): boolean {
    this.socket.write(bytes);
    return this.socket.writableLength === 0;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** What still comes is read and dropped, so that the close is not a reset. */
  end(): void {
    const { socket } = this;
    if (socket.destroyed) return;
    socket.removeAllListeners('data');
    socket.resume();
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
