/**
 * Output, joined per turn of the event loop. Every byte that leaves in a turn is put once into the arena; a sink only
 * remembers spans of it, and touching spans merge, so that a burst to one topic is one write per socket. All dirty
 * sinks are flushed together after the reads of the turn (setImmediate).
 */
import { ArenaPool } from '@rookery/service-kit/arena-pool';
import type { Transport } from '../transport/transport.js';
import type { TopicAliases } from './topic-aliases.js';

const ARENA_BYTES = 1 << 20;
/** Enough for a broker that has little to do; it is resident for good. */
const FIRST_ARENA_BYTES = 1 << 16;
/** Shorter copies are faster byte by byte than through a call into the engine. */
const SHORT_COPY = 48;
/** Above this much pending output a subscriber gets no more QoS 0, and its publishes are not read. */
export const PENDING_BYTES_MAX = 1 << 21;

/** A sink with this much output does not wait for the end of the turn: what the kernel takes now is not pending. */
const TURN_BYTES_MAX = 256 * 1024;

/** More than any packet, and a small integer of the engine. */
const NO_LIMIT = 0x3fffffff;

/** The output side of one connection. */
export class Sink {
  /** Bytes of this turn that are not with the transport yet. */
  turnBytes = 0;
  dead = false;
  dirty = false;
  buffer: Buffer | null = null;
  start = 0;
  end = 0;
  more: (Buffer | number)[] | null = null;
  /** Four-byte acknowledgements: type in the upper half, packet identifier in the lower. */
  acks: Uint32Array | null = null;
  ackCount = 0;

  v5 = false;
  /** Maximum Packet Size of the client [MQTT-3.1.2-24]. */
  packetBytesMax = NO_LIMIT;
  /** Null for a client that takes no topic aliases. */
  aliases: TopicAliases | null = null;

  constructor(readonly transport: Transport) {}

  get pendingBytes(): number {
    return this.turnBytes + this.transport.pendingBytes;
  }

  get congested(): boolean {
    return this.turnBytes + this.transport.pendingBytes > PENDING_BYTES_MAX;
  }
}

export class Outlet {
  private readonly pool = new ArenaPool(ARENA_BYTES, FIRST_ARENA_BYTES);
  bytesSent = 0;
  private at = 0;
  /** Sinks with spans that are not with their transport yet. */
  private holding = 0;
  private scratch = Buffer.alloc(0);
  private readonly dirty: Sink[] = [];
  private scheduled = false;
  private readonly flushAll = () => this.flush();

  /** Called first in a flush, to close what collects bytes across packets. */
  beforeFlush: () => void = () => {};

  /** Where the last {@link put} went. */
  get arena(): Buffer {
    return this.pool.arena;
  }

  /** Bytes that a transport had still needed may be overwritten. */
  release(bytes: Buffer): void {
    this.pool.release(bytes);
  }

  /** Copies bytes into the arena; they begin at the returned position of `this.arena`. */
  put(source: Buffer, start: number, end: number): number {
    const length = end - start;
    if (this.at + length > this.arena.length) {
      this.pool.replace(length);
      this.at = 0;
    }
    const at = this.at;
    if (length < SHORT_COPY) for (let i = 0; i < length; i++) this.arena[at + i] = source[start + i]!;
    else source.copy(this.arena, at, start, end);
    this.at = at + length;
    return at;
  }

  /**
   * Fills the arena from its start again when all that was put into it has left before the turn is over: that memory is in
   * the processor's cache. Nobody may remember where a {@link put} went.
   */
  rewind(): void {
    if (this.holding === 0 && !this.pool.isPinned) this.at = 0;
  }

  /** Sends buffer[start, end) in this turn. */
  span(sink: Sink, buffer: Buffer, start: number, end: number): void {
    sink.turnBytes += end - start;
    if (sink.buffer === buffer && sink.end === start) sink.end = end;
    else {
      if (sink.buffer === null) {
        this.holding++;
        this.mark(sink);
      } else (sink.more ??= []).push(sink.buffer, sink.start, sink.end);
      sink.buffer = buffer;
      sink.start = start;
      sink.end = end;
    }
    if (sink.turnBytes > TURN_BYTES_MAX) this.flushSink(sink);
  }

  /** Behind the acknowledgements of this turn, which it may have to follow [MQTT-4.6.0-2]. */
  send(sink: Sink, bytes: Buffer): void {
    if (sink.ackCount > 0) this.writeAcks(sink);
    const at = this.put(bytes, 0, bytes.length);
    this.span(sink, this.arena, at, at + bytes.length);
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP that says success. */
  acknowledge(sink: Sink, firstByte: number, packetId: number): void {
    sink.acks ??= new Uint32Array(16);
    if (sink.ackCount === sink.acks.length) {
      const grown = new Uint32Array(sink.ackCount * 2);
      grown.set(sink.acks);
      sink.acks = grown;
    }
    sink.acks[sink.ackCount++] = (firstByte << 16) | packetId;
    sink.turnBytes += 4;
    this.mark(sink);
  }

  /** Sends what `sink` holds now, before its transport is closed. */
  flushNow(sink: Sink): void {
    this.beforeFlush();
    this.flushSink(sink);
  }

  private mark(sink: Sink): void {
    if (sink.dirty) return;
    sink.dirty = true;
    this.dirty.push(sink);
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(this.flushAll);
    }
  }

  private flush(): void {
    this.scheduled = false;
    this.beforeFlush();
    for (let i = 0; i < this.dirty.length; i++) {
      const sink = this.dirty[i]!;
      sink.dirty = false;
      this.flushSink(sink);
    }
    this.dirty.length = 0;
    this.pool.turn();
    this.at = 0;
  }

  private flushSink(sink: Sink): void {
    if (sink.ackCount > 0) this.writeAcks(sink);
    const { buffer, more } = sink;
    if (buffer === null) return;
    const joined = more !== null && more.length > 0;
    const bytes = joined ? this.join(sink, more) : buffer.subarray(sink.start, sink.end);
    sink.buffer = null;
    sink.turnBytes = 0;
    this.holding--;
    if (sink.dead) return;
    this.bytesSent += bytes.length;
    // Behind a reader that is already slow the bytes wait in memory of their own, or each turn would pin an arena.
    if (sink.transport.pendingBytes > 0) {
      sink.transport.write(Buffer.from(bytes));
      return;
    }
    if (sink.transport.write(bytes)) return;
    // The bytes are still being sent: what holds them must not be used again.
    if (joined) this.scratch = Buffer.allocUnsafeSlow(1 << 16);
    else this.pool.pin(bytes);
  }

  private writeAcks(sink: Sink): void {
    const acks = sink.acks!;
    const bytes = sink.ackCount * 4;
    const packed = bytes <= 4096 ? ackScratch : Buffer.allocUnsafe(bytes);
    for (let i = 0, at = 0; i < sink.ackCount; i++) {
      const ack = acks[i]!;
      packed[at++] = ack >> 16;
      packed[at++] = 2;
      packed[at++] = (ack >> 8) & 0xff;
      packed[at++] = ack & 0xff;
    }
    sink.ackCount = 0;
    if (acks.length > 1024) sink.acks = null;
    const at = this.put(packed, 0, bytes);
    // Counted when they were collected.
    sink.turnBytes -= bytes;
    this.span(sink, this.arena, at, at + bytes);
  }

  private join(sink: Sink, more: (Buffer | number)[]): Buffer {
    more.push(sink.buffer!, sink.start, sink.end);
    let total = 0;
    for (let i = 0; i < more.length; i += 3) total += (more[i + 2] as number) - (more[i + 1] as number);
    if (total > this.scratch.length) this.scratch = Buffer.allocUnsafeSlow(total * 2);
    let at = 0;
    for (let i = 0; i < more.length; i += 3) {
      const start = more[i + 1] as number;
      const end = more[i + 2] as number;
      const source = more[i] as Buffer;
      if (end - start < SHORT_COPY) for (let k = start; k < end; k++) this.scratch[at++] = source[k]!;
      else at += source.copy(this.scratch, at, start, end);
    }
    sink.more = null;
    return this.scratch.subarray(0, total);
  }
}

const ackScratch = Buffer.allocUnsafeSlow(4096);
