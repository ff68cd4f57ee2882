/** A connection that hands over whole packets, as bytes. */
import { connect, type Socket } from 'node:net';

export class PacketLink {
  isClosed = false;
  private held: Buffer = Buffer.alloc(0);
  private wake: (() => void) | null = null;
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.held = Buffer.concat([this.held, chunk]);
      this.wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.wake?.();
    });
  }

  static async open(port: number): Promise<PacketLink> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new PacketLink(socket);
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next packet; null when the connection has ended, undefined when nothing comes. */
  async next(timeoutMs: number): Promise<Buffer | null | undefined> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const packet = this.take();
      if (packet !== null) return packet;
      if (this.isClosed) return null;
      const left = deadline - Date.now();
      if (left <= 0) return undefined;
      await this.change(left);
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private take(): Buffer | null {
    let length = 0;
    for (let i = 1; i < Math.min(5, this.held.length); i++) {
      const byte = this.held[i]!;
      length += (byte & 127) << (7 * (i - 1));
      if (byte >= 128) continue;
      const end = i + 1 + length;
      if (this.held.length < end) return null;
      const packet = this.held.subarray(0, end);
      this.held = this.held.subarray(end);
      return packet;
    }
    return null;
  }
}
