/** A client over WebSocket (MQTT 5.0 §6): binary frames only, packets wherever frames begin and end [MQTT-6.0.0-1] [MQTT-6.0.0-2]. */
import type { WebSocket } from 'ws';
import type { Transport, TransportEvents, TransportKind } from './transport.js';

const LINGER_MS = 2_000;
/** Close code for data that this endpoint does not take (RFC 6455 §7.4.1). */
const UNSUPPORTED_DATA = 1003;

export class WebSocketTransport implements Transport {
  events!: TransportEvents;

  constructor(
    private readonly socket: WebSocket,
    readonly kind: TransportKind,
    readonly remoteAddress: string | null,
    readonly tlsVersion: string | null,
  ) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.events.onData(data, 0, data.length);
      else socket.close(UNSUPPORTED_DATA);
    });
    socket.on('close', () => this.events.onClose());
    socket.on('error', () => socket.terminate());
  }

  get pendingBytes(): number {
    return this.socket.bufferedAmount;
  }

  private readonly drained = () => {
    if (this.socket.bufferedAmount === 0) this.events.onDrain();
  };

  /** The bytes are copied: `ws` may keep them, and a frame is masked or sent later than the turn. */
  write(bytes: Buffer): boolean {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(Buffer.from(bytes), { binary: true }, this.drained);
    return true;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.close();
    setTimeout(() => this.socket.terminate(), LINGER_MS).unref();
  }

  destroy(): void {
    this.socket.terminate();
  }
}
