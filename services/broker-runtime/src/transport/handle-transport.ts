/**
 * A client over a raw stream handle (TCP or unix). All connections read into one buffer: nothing may keep a view of it.
 * In front of what is read there is room, so that the rest of an earlier read can be put before it.
 */
import { Socket } from 'node:net';
import { binding, END_OF_FILE, type RawHandle, type WriteRequest } from '@rookery/service-kit/raw-handle';
import type { StreamTransport, TransportEvents, TransportKind } from './transport.js';

const READ_BYTES = 64 * 1024;
const ROOM_BYTES = 64 * 1024;
const LINGER_MS = 2_000;

const buffer = Buffer.allocUnsafeSlow(ROOM_BYTES + READ_BYTES);
const readArea = buffer.subarray(ROOM_BYTES);
const { streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding ?? {
  streamBaseState: new Int32Array(1),
  kReadBytesOrError: 0,
  kLastWriteWasAsync: 0,
};
/** Used again as long as writes end at once, which nearly all do. */
let spare: WriteRequest | null = null;

export class HandleTransport implements StreamTransport {
  events!: TransportEvents;
  tlsVersion: string | null = null;
  pendingBytes = 0;
  private handle: RawHandle | null;
  private proxiedAddress: string | null = null;
  private ending = false;
  private peerEnded = false;
  private linger: NodeJS.Timeout | null = null;
  /** What {@link intoSocket} has made. */
  private socket: Socket | null = null;

  constructor(
    handle: RawHandle,
    public kind: TransportKind,
  ) {
    this.handle = handle;
    handle.owner = this;
    handle.onread = onRead;
    handle.useUserBuffer(readArea);
  }

  /** Nothing is read before. */
  open(): void {
    this.handle?.readStart();
  }

  /** Asked of the kernel each time: few ask, and many connections would hold the text. */
  get remoteAddress(): string | null {
    if (this.proxiedAddress !== null) return this.proxiedAddress;
    const peer: { address?: string } = {};
    this.handle?.getpeername?.(peer);
    return peer.address ?? null;
  }

  identify(remoteAddress: string, tlsVersion: string | null): void {
    this.proxiedAddress = remoteAddress;
    this.tlsVersion = tlsVersion;
    this.kind = tlsVersion === null ? 'tcp' : 'tls';
  }

  intoSocket(first: Buffer): Socket {
    const handle = this.handle!;
    this.handle = null;
    handle.owner = null;
    handle.readStop();
    const own = Buffer.allocUnsafeSlow(READ_BYTES);
    // A handle that once was given a buffer wants one for good; the stream gets copies of what it holds.
    const onread = { buffer: own, callback: (bytes: number) => socket.push(Buffer.from(own.subarray(0, bytes))) };
    const socket = new Socket({ handle, onread } as unknown as ConstructorParameters<typeof Socket>[0]);
    socket.on('error', () => socket.destroy());
    socket.unshift(first);
    this.socket = socket;
    return socket;
  }

  write(bytes: Buffer): boolean {
    const { handle } = this;
    if (handle === null || this.ending) return true;
    const request = (spare ??= new binding!.WriteWrap());
    if (handle.writeBuffer(request, bytes) !== 0) {
      this.destroy();
      return true;
    }
    if (streamBaseState[kLastWriteWasAsync] === 0) return true;
    spare = null;
    request.oncomplete = onWritten;
    request.owner = this;
    request.bytes = bytes;
    this.pendingBytes += bytes.length;
    return false;
  }

  pause(): void {
    this.handle?.readStop();
  }

  resume(): void {
    this.handle?.readStart();
  }

  /** What still comes is read and dropped, so that the close is not a reset. */
  end(): void {
    const { handle } = this;
    if (handle === null || this.ending) return;
    this.ending = true;
    const request = new binding!.ShutdownWrap();
    request.oncomplete = () => {};
    if (handle.shutdown(request) !== 0) return this.destroy();
    handle.readStart();
    this.linger = setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.socket?.destroy();
    const { handle } = this;
    if (handle === null) return;
    this.handle = null;
    if (this.linger !== null) clearTimeout(this.linger);
    handle.close(onClosed);
  }

  /** The client sends no more. What this turn still writes leaves first. */
  readEnded(regularly: boolean): void {
    this.peerEnded = true;
    if (!regularly) this.destroy();
    else if (!this.ending) setImmediate(finish, this);
    else if (this.pendingBytes === 0) this.destroy();
  }

  /** Closes as soon as nothing is pending. */
  finish(): void {
    if (this.handle === null || this.ending) return;
    if (this.pendingBytes === 0) return this.destroy();
    this.ending = true;
    this.linger = setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  written(status: number, bytes: Buffer): void {
    this.pendingBytes -= bytes.length;
    this.events.onWritten(bytes);
    if (status !== 0) return this.destroy();
    if (this.pendingBytes > 0 || this.handle === null) return;
    if (!this.ending) this.events.onDrain();
    else if (this.peerEnded) this.destroy();
  }
}

function onRead(this: RawHandle): void {
  const transport = this.owner as HandleTransport | null;
  if (transport === null) return;
  const bytes = streamBaseState[kReadBytesOrError]!;
  if (bytes > 0) transport.events.onData(buffer, ROOM_BYTES, ROOM_BYTES + bytes);
  else if (bytes < 0) transport.readEnded(bytes === END_OF_FILE);
}

function onWritten(this: WriteRequest, status: number): void {
  (this.owner as HandleTransport).written(status, this.bytes!);
}

function onClosed(this: RawHandle): void {
  (this.owner as HandleTransport).events.onClose();
}

function finish(transport: HandleTransport): void {
  transport.finish();
}
