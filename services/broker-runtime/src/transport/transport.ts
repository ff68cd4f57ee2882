/** One link to a client, whatever carries it: TCP, TLS, a unix socket, WebSocket. */
import type { Socket } from 'node:net';

export type TransportKind = 'tcp' | 'tls' | 'ws' | 'wss' | 'unix';

export interface Transport {
  readonly kind: TransportKind;
  /** The client's own address, from the PROXY header where there is one; null when it has none, or the link is gone. */
  readonly remoteAddress: string | null;
  readonly tlsVersion: string | null;
  /** Bytes that were given to {@link write} and are not with the kernel yet. */
  readonly pendingBytes: number;
  /** Whom to tell what happens; may be replaced. */
  events: TransportEvents;
  /** Returns false when `bytes` are still needed after the call. */
  write(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** Sends what is pending, then closes; destroys the link when that takes too long. */
  end(): void;
  destroy(): void;
}

/** A link that is a stream of bytes, and may turn out to be HTTP. */
export interface StreamTransport extends Transport {
  /** What a PROXY header says of the client. */
  identify(remoteAddress: string, tlsVersion: string | null): void;
  /** Gives the link away as an ordinary socket with `first` put back; the transport must not be used any more. */
  intoSocket(first: Buffer): Socket;
}

/** What a transport tells the connection that owns it. */
export interface TransportEvents {
  /** bytes[start, end) have come. They are valid until this returns; what stands before `start` may be overwritten. */
  onData(bytes: Buffer, start: number, end: number): void;
  /** Bytes that {@link Transport.write} had still needed are not needed any more. */
  onWritten(bytes: Buffer): void;
  /** All pending bytes have left. */
  onDrain(): void;
  /** Once; the link is gone. */
  onClose(): void;
}
