/**
 * Joins a client link and a runtime link below Node's streams: both read into one shared buffer, what comes in one turn
 * of the loop leaves in one write (to a client in two: the first chunk does not wait), and nothing is allocated for a
 * chunk that passes. The client's stream
 * still owns its handle: it does TLS, and it says when the link is gone.
 */
import type { Duplex } from 'node:stream';
import { binding, END_OF_FILE, type RawHandle, type WriteRequest } from '@rookery/service-kit/raw-handle';
import type { Tally } from './meter.js';
import { TurnOutput } from './turn-output.js';

const READ_BYTES = 64 * 1024;
/** Above this much output that one end does not take, the other is not read. */
const PENDING_BYTES_MAX = 64 * 1024;
/** How long the rest of the bytes may take to leave after the other end closed, ms. */
const LINGER_MS = 5_000;

const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
const output = new TurnOutput<End>((end, bytes) => end.send(bytes));

/** Starts to move bytes; `first` is what the client has said already, to be sent on behind whatever `runtime` was sent. */
export function spliceHandles(client: Duplex & { _handle: RawHandle }, runtime: RawHandle, first: Buffer, tally: Tally): void {
  const outer = new ClientEnd(client, tally);
  const inner = new RuntimeEnd(runtime, tally);
  outer.peer = inner;
  inner.peer = outer;
  inner.write(first);
  inner.open();
  outer.takeOver();
}

abstract class End {
  peer!: End;
  /** A write is under way; the engine's streams take one at a time. */
  protected writing = false;
  /** Has bytes in the turn's output. */
  protected waiting = false;
  private queued: Buffer[] = [];
  private queuedBytes = 0;
  /** The other end is not read until this one has taken what it has. */
  private holding = false;
  /** Nothing more comes; to be closed when everything has left. */
  private finishing = false;
  private linger: NodeJS.Timeout | null = null;
  gone = false;

  constructor(
    readonly handle: RawHandle,
    protected readonly tally: Tally,
    /** Its handle does TLS: what is written was encrypted or copied before the call returns, but the write never ends in it. */
    protected readonly encrypts: boolean,
  ) {}

  /** `bytes` are needed only until this returns. */
  abstract write(bytes: Buffer): void;
  protected abstract count(bytes: number): void;
  /** Everything has left; says goodbye. */
  protected abstract close(): void;
  abstract destroy(): void;

  protected read(): void {
    const { handle } = this;
    handle.owner = this;
    handle.onread = onRead;
    handle.useUserBuffer(readBuffer);
    // A client's is being read already.
    handle.readStart();
  }

  /** Sends bytes that may be overwritten afterwards; returns false when they are still needed, as they are then. */
  send(bytes: Buffer): boolean {
    this.waiting = false;
    if (this.gone) return true;
    if (this.writing) {
      this.queue(Buffer.from(bytes));
      return true;
    }
    const request = new binding!.WriteWrap();
    if (this.handle.writeBuffer(request, bytes) !== 0) {
      this.destroy();
      return true;
    }
    if (binding!.streamBaseState[binding!.kLastWriteWasAsync] === 0) return true;
    request.oncomplete = onWritten;
    request.owner = this;
    this.writing = true;
    request.bytes = this.encrypts ? null : bytes;
    if (this.encrypts) return true;
    // It is full. What comes now would only be copied, and wait.
    this.hold();
    return false;
  }

  written(status: number): void {
    this.writing = false;
    if (this.gone) return;
    if (status !== 0) return this.destroy();
    if (this.queued.length > 0) {
      const bytes = this.queued.length === 1 ? this.queued[0]! : Buffer.concat(this.queued);
      this.queued = [];
      this.queuedBytes = 0;
      this.send(bytes);
    }
    if (this.holding && !this.writing) {
      this.holding = false;
      if (!this.peer.gone) this.peer.handle.readStart();
    }
    this.settle();
  }

  /** Sends with what else comes in this turn. */
  protected join(bytes: Buffer): void {
    this.waiting = true;
    output.add(this, bytes);
  }

  /** The other end has closed: what it sent still leaves, but not for ever. */
  finish(): void {
    if (this.gone || this.finishing) return;
    output.flush();
    this.finishing = true;
    this.settle();
    if (!this.gone) this.linger = setTimeout(() => this.destroy(), LINGER_MS).unref();
  }

  /** The link is no more; nothing may hold on to it. */
  protected leave(): void {
    this.gone = true;
    if (this.linger !== null) clearTimeout(this.linger);
    this.peer.finish();
  }

  received(bytes: number): void {
    if (bytes > 0) {
      this.count(bytes);
      this.peer.write(readBuffer.subarray(0, bytes));
    } else if (bytes === END_OF_FILE) this.ended();
    else if (bytes < 0) this.destroy();
  }

  /** Its side says nothing more. */
  protected ended(): void {
    this.peer.finish();
  }

  private settle(): void {
    if (this.finishing && !this.writing && this.queued.length === 0 && !this.gone) this.close();
  }

  private queue(bytes: Buffer): void {
    this.queued.push(bytes);
    this.queuedBytes += bytes.length;
    if (this.queuedBytes > PENDING_BYTES_MAX) this.hold();
  }

  private hold(): void {
    if (this.holding || this.peer.gone) return;
    this.holding = true;
    this.peer.handle.readStop();
  }
}

class ClientEnd extends End {
  constructor(
    private readonly stream: Duplex & { _handle: RawHandle },
    tally: Tally,
  ) {
    super(stream._handle, tally, 'encrypted' in stream);
    stream.on('close', () => this.leave());
    stream.on('error', () => stream.destroy());
  }

  /** What the stream has read ahead goes first. */
  takeOver(): void {
    const { stream } = this;
    for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
      this.count(chunk.length);
      this.peer.write(chunk);
    }
    if (stream.destroyed || stream.readableEnded) return this.ended();
    this.read();
  }

  write(bytes: Buffer): void {
    if (this.encrypts && !this.writing && !this.waiting) this.send(bytes);
    else this.join(bytes);
  }

  destroy(): void {
    this.stream.destroy();
  }

  protected count(bytes: number): void {
    this.tally.bytesIn += bytes;
    this.tally.changed = true;
  }

  /** A client that has said goodbye itself hears nothing more. */
  protected close(): void {
    if (this.peerLeft) this.stream.destroy();
    else this.stream.end();
  }

  private peerLeft = false;

  protected override ended(): void {
    this.peerLeft = true;
    super.ended();
  }
}

class RuntimeEnd extends End {
  constructor(handle: RawHandle, tally: Tally) {
    super(handle, tally, false);
  }

  open(): void {
    this.read();
  }

  write(bytes: Buffer): void {
    this.join(bytes);
  }

  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    this.handle.close(ignore);
    this.leave();
  }

  protected count(bytes: number): void {
    this.tally.bytesOut += bytes;
    this.tally.changed = true;
  }

  /** The runtime answers what came with the end, then closes. */
  protected close(): void {
    if (this.peer.gone) return this.destroy();
    const request = new binding!.ShutdownWrap();
    request.oncomplete = () => {};
    if (this.handle.shutdown(request) !== 0) this.destroy();
  }

  protected override ended(): void {
    this.destroy();
  }
}

function ignore(): void {}

function onRead(this: RawHandle): void {
  (this.owner as End).received(binding!.streamBaseState[binding!.kReadBytesOrError]!);
}

function onWritten(this: WriteRequest, status: number): void {
  if (this.bytes !== null) output.release(this.bytes);
  (this.owner as End).written(status);
}
