/** A client over a stream socket: TCP, TLS or unix. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Transport, TransportEvents, TransportKind } from './transport.js';

/** How long a closing link may take to send its rest. */
const LINGER_MS = 2_000;

export class SocketTransport implements Transport {
  constructor(
    private readonly socket: Socket | TLSSocket,
    readonly kind: TransportKind,
    readonly remoteAddress: string | null,
    readonly tlsVersion: string | null,
  ) {}

  get pendingBytes(): number {
    return this.socket.writableLength;
  }

  listen(events: TransportEvents): void {
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => events.onData(chunk));
    socket.on('drain', () => events.onDrain());
    socket.on('end', () => socket.end());
    socket.on('close', () => events.onClose());
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

  end(): void {
    endSocket(this.socket);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Sends what is pending, closes, and reads what still comes so that the close is not a reset. */
function endSocket(socket: Socket): void {
  if (socket.destroyed) return;
  socket.removeAllListeners('data');
  socket.resume();
  socket.end();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
