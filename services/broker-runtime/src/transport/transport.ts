/** One link to a client, whatever carries it: TCP, TLS, a unix socket, WebSocket. */
export type TransportKind = 'tcp' | 'tls' | 'ws' | 'wss' | 'unix';

export interface Transport {
  readonly kind: TransportKind;
  /** The client's own address, from the PROXY header where there is one. */
  readonly remoteAddress: string | null;
  readonly tlsVersion: string | null;
  /** Bytes that were given to {@link write} and are not with the kernel yet. */
  readonly pendingBytes: number;
  /** Returns false when `bytes` are still needed after the call. */
  write(bytes: Buffer): boolean;
  pause(): void;
  resume(): void;
  /** Sends what is pending, then closes; destroys the link when that takes too long. */
  end(): void;
  destroy(): void;
}

/** Who is at the other end, before anything was said. */
export interface Peer {
  kind: TransportKind;
  remoteAddress: string | null;
  tlsVersion: string | null;
}

/** What a transport tells the connection that owns it. */
export interface TransportEvents {
  onData(chunk: Buffer): void;
  /** All pending bytes have left. */
  onDrain(): void;
  /** Once; the link is gone. */
  onClose(): void;
}
