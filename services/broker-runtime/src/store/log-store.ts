/**
 * The store on disk: an append-only log in segments. All changes of one turn are one frame, written and synced once
 * (group commit); whoever must wait for it waits for the frame. What nobody waits for rides in the frame of somebody else.
 * `durable` syncs each frame, `relaxed` once a second.
 *
 * Compaction: when the log is much larger than what is alive, the living records of its oldest segment are written
 * again at its head and the file is removed. Records that only say that something ended may go with the oldest
 * segment, because what they ended was in no younger one.
 */
import { close, fdatasync, fdatasyncSync, mkdirSync, unlinkSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { ByteWriter } from '@rookery/mqtt-codec/byte-writer';
import type { RetainedMessage } from '../kernel/retained.js';
import type { BrokerState } from '../kernel/state.js';
import type { Subscription } from '../kernel/subscription.js';
import type { StoredWill } from '../kernel/wills.js';
import type { Delivery, StoredMessage } from '../session/delivery.js';
import type { SessionWorld } from '../session/session-world.js';
import { StoreFullError } from './errors.js';
import { fence, type Fence } from './fence.js';
import { FRAME_HEADER_BYTES, sealFrame } from './frames.js';
import { livingRecords } from './living-records.js';
import { RecordType, writeMark, writeMessage, writeName, writeRetained, writeSession, writeSubscription, writeWill } from './records.js';
import { Replay } from './replay.js';
import {
  createSegment,
  listSegments,
  openForAppend,
  readSegment,
  removeUnfinished,
  SEGMENT_HEADER_BYTES,
  type Segment,
  syncFolder,
  syncSegment,
} from './segments.js';
import type { SessionRecord, Store } from './store.js';

/** Each segment is twice as long as the one before, from the first to the largest. */
const SEGMENT_BYTES_MIN = 1024 * 1024;
const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
const RETRY_MS = 500;
const RELAXED_SYNC_MS = 1_000;
/** What nobody waits for goes with the next commit, and not later than this. */
const RIDE_MS = 5;
/** Records are written again in pieces of this size, so that nobody waits for a compaction. */
const COMPACTION_STEP_BYTES = 256 * 1024;

type Waiter = (error: Error | null) => void;

export class LogStore implements Store {
  lsn = 1;
  committedLsn = 0;
  refusal: Error | null = null;
  private bytesMax = Number.MAX_SAFE_INTEGER;
  private readonly segments: Segment[] = [];
  private fd = -1;
  private frame = emptyFrame();
  private spare = emptyFrame();
  private waiters: Waiter[] = [];
  private flightWaiters: Waiter[] = [];
  private writing = false;
  private scheduled = false;
  /** The frame holds what somebody waits for. */
  private wanted = false;
  private rideTimer: NodeJS.Timeout | null = null;
  private compacting = false;
  private closed = false;
  private syncTimer: NodeJS.Timeout | null = null;
  private unsynced = false;
  /** Everything of the newest segment before this offset is on the disk; told to the reader by every frame. */
  private syncedTo = 0;

  private constructor(
    private readonly folder: string,
    private readonly synchronous: boolean,
    private readonly state: BrokerState,
    private readonly lock: Fence,
  ) {}

  /** An exclusive store; {@link load} must follow. */
  static async open(folder: string, synchronous: boolean, state: BrokerState): Promise<LogStore> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new LogStore(folder, synchronous, state, await fence(folder));
  }

  /** Brings the state back. Throws when the data is damaged. */
  load(world: SessionWorld, inflightMax: number): void {
    const replay = new Replay(this.state, world);
    const found = listSegments(this.folder);
    this.closed = true;
    for (const [i, segment] of found.entries()) {
      readSegment(segment, i === found.length - 1, (records) => replay.apply(records, segment.number));
      this.segments.push(segment);
    }
    replay.finish(inflightMax);
    removeUnfinished(this.folder);
    this.closed = false;
    if (this.segments.length === 0) this.segments.push(createSegment(this.folder, 1, SEGMENT_BYTES_MIN));
    else syncSegment(this.head);
    this.syncedTo = this.head.bytes;
    this.fd = openForAppend(this.head, this.synchronous);
    if (!this.synchronous) this.syncTimer = setInterval(() => this.sync(), RELAXED_SYNC_MS).unref();
  }

  get bytes(): number {
    let bytes = 0;
    for (const segment of this.segments) bytes += segment.bytes;
    return bytes;
  }

  limit(bytesMax: number): void {
    this.bytesMax = bytesMax;
    this.refuseOverLimit();
  }

  sessionSaved(session: SessionRecord): void {
    session.home = this.head.number;
    writeSession(this.record(), session);
  }

  sessionEnded(session: SessionRecord): void {
    writeMark(this.record(), RecordType.SESSION_END, session.number, 0);
  }

  subscriptionSaved(session: SessionRecord, subscription: Subscription): void {
    subscription.home = this.head.number;
    writeSubscription(this.record(), session.number, subscription);
  }

  subscriptionRemoved(session: SessionRecord, text: string): void {
    const writer = this.record();
    writer.u8(RecordType.SUBSCRIPTION_END);
    writer.u32(session.number);
    writer.text(text);
  }

  messageStored(message: StoredMessage): void {
    message.home = this.head.number;
    writeMessage(this.record(), message);
  }

  deliveryReleased(delivery: Delivery): void {
    delivery.home = this.head.number;
    writeMark(this.record(), RecordType.RELEASED, delivery.sessionNumber, delivery.sequence);
  }

  /** Lost in a crash, it is one message sent again: it makes no commit of its own. */
  deliveryDone(delivery: Delivery): void {
    writeMark(this.ride(), RecordType.DONE, delivery.sessionNumber, delivery.sequence);
  }

  inboundAdded(session: SessionRecord, packetId: number): void {
    writeMark(this.record(), RecordType.INBOUND, session.number, packetId);
  }

  inboundRemoved(session: SessionRecord, packetId: number): void {
    writeMark(this.record(), RecordType.INBOUND_END, session.number, packetId);
  }

  retainedSaved(retained: RetainedMessage): void {
    retained.home = this.head.number;
    writeRetained(this.record(), retained);
  }

  retainedCleared(topic: string): void {
    writeName(this.record(), RecordType.RETAINED_END, topic);
  }

  willSaved(will: StoredWill): void {
    will.home = this.head.number;
    writeWill(this.record(), will);
  }

  willRemoved(clientId: string): void {
    writeName(this.record(), RecordType.WILL_END, clientId);
  }

  whenCommitted(done: Waiter): void {
    if (this.frame.length > FRAME_HEADER_BYTES) {
      this.waiters.push(done);
      this.schedule();
    } else if (this.writing) this.flightWaiters.push(done);
    else done(null);
  }

  async close(): Promise<void> {
    while (this.frame.length > FRAME_HEADER_BYTES || this.writing) {
      const error = await new Promise<Error | null>((resolve) => this.whenCommitted(resolve));
      if (error !== null) break;
    }
    this.closed = true;
    if (this.syncTimer !== null) clearInterval(this.syncTimer);
    if (this.rideTimer !== null) clearTimeout(this.rideTimer);
    await promisify(fdatasync)(this.fd);
    await promisify(close)(this.fd);
    this.lock.release();
  }

  private get head(): Segment {
    return this.segments.at(-1)!;
  }

  /** The frame of this turn; asking for it plans its commit. While a log is read back or closed, nothing is recorded. */
  private record(): ByteWriter {
    if (this.closed) return emptyFrame();
    this.schedule();
    return this.frame;
  }

  /** The frame, for what nobody waits for: it plans a commit only where none comes soon. */
  private ride(): ByteWriter {
    if (this.closed) return emptyFrame();
    this.rideTimer ??= setTimeout(() => {
      this.rideTimer = null;
      if (this.frame.length > FRAME_HEADER_BYTES) this.schedule();
    }, RIDE_MS);
    return this.frame;
  }

  /** One commit after the reads of a turn, and only one at a time. */
  private schedule(): void {
    this.wanted = true;
    if (this.writing || this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commit();
    });
  }

  private commit(): void {
    if (this.writing || this.frame.length === FRAME_HEADER_BYTES || this.closed) return;
    const { frame } = this;
    // One more byte for the end mark.
    if (this.head.bytes + frame.length + 1 > this.head.length && !this.startSegment(frame.length + 1)) return;
    this.writing = true;
    this.wanted = false;
    frame.u8(0);
    this.frame = this.spare;
    this.flightWaiters = this.waiters;
    this.waiters = [];
    this.lsn++;
    const bytes = frame.finish();
    sealFrame(bytes, this.head.bytes, this.head.salt, this.synchronous ? this.head.bytes : this.syncedTo);
    this.put(frame, bytes);
  }

  private put(frame: ByteWriter, bytes: Buffer): void {
    write(this.fd, bytes, 0, bytes.length, this.head.bytes, (error, written) => {
      if (error !== null || written < bytes.length)
        return this.failed(error ?? new Error('the disk took only part of a commit'), frame, bytes);
      this.head.bytes += bytes.length;
      this.unsynced = true;
      this.committedLsn = this.lsn - 1;
      this.refusal = null;
      // A frame that grew large is given back.
      this.spare = bytes.length > 4 * COMPACTION_STEP_BYTES ? emptyFrame() : reset(frame);
      this.writing = false;
      this.refuseOverLimit();
      const waiters = this.flightWaiters;
      this.flightWaiters = [];
      for (const waiter of waiters) waiter(null);
      // Those who were waiting answer first, and what their clients say next may share the commit.
      if (this.wanted) this.schedule();
    });
  }

  /** Who waits is told no; the frame itself is written as soon as the disk takes it, so that memory and disk agree. */
  private failed(error: Error, frame: ByteWriter, bytes: Buffer): void {
    this.refusal = error;
    const waiters = [...this.flightWaiters, ...this.waiters];
    this.flightWaiters = [];
    this.waiters = [];
    for (const waiter of waiters) waiter(error);
    setTimeout(() => this.put(frame, bytes), RETRY_MS);
  }

  /** A segment that has room for a frame of so many bytes. What comes in it is built on all that is in the one before. */
  private startSegment(frameBytes = 0): boolean {
    const length = Math.max(Math.min(this.head.length * 2, SEGMENT_BYTES_MAX), SEGMENT_HEADER_BYTES + frameBytes);
    try {
      if (!this.synchronous) fdatasyncSync(this.fd);
      const next = createSegment(this.folder, this.head.number + 1, length);
      close(this.fd, () => {});
      this.segments.push(next);
      this.syncedTo = next.bytes;
      this.fd = openForAppend(next, this.synchronous);
    } catch (error) {
      this.refusal = error as Error;
      for (const waiter of this.waiters.splice(0)) waiter(this.refusal);
      setTimeout(() => this.commit(), RETRY_MS);
      return false;
    }
    void this.compact();
    return true;
  }

  private async compact(): Promise<void> {
    if (this.compacting) return;
    this.compacting = true;
    // Once through those that are there now: what is written again must not be gone through in turn.
    const newest = this.head.number;
    for (let oldest = this.segments[0]!; oldest.number < newest && this.isWasteful && !this.closed; oldest = this.segments[0]!) {
      let at = this.frame.length;
      for (const record of livingRecords(this.state, oldest.number)) {
        record(this);
        if (this.frame.length - at < COMPACTION_STEP_BYTES) continue;
        if (!(await this.committed())) break;
        at = this.frame.length;
      }
      if (!(await this.committed())) break;
      unlinkSync(oldest.path);
      syncFolder(this.folder);
      this.segments.shift();
    }
    this.compacting = false;
  }

  /** Much more on disk than alive; less is enough when the limit is met. */
  private get isWasteful(): boolean {
    const slack = this.bytes > this.bytesMax ? 0 : 2 * SEGMENT_BYTES_MAX;
    return this.bytes > 2 * this.state.liveBytes + slack;
  }

  private committed(): Promise<boolean> {
    return new Promise((resolve) => this.whenCommitted((error) => resolve(error === null)));
  }

  private sync(): void {
    if (!this.unsynced) return;
    this.unsynced = false;
    const { head } = this;
    const { bytes } = head;
    fdatasync(this.fd, (error) => {
      if (error === null) {
        if (head === this.head) this.syncedTo = bytes;
        return;
      }
      this.refusal = error;
      this.unsynced = true;
    });
  }

  private refuseOverLimit(): void {
    if (this.bytes <= this.bytesMax) {
      if (this.refusal instanceof StoreFullError) this.refusal = null;
      return;
    }
    this.refusal ??= new StoreFullError(this.bytesMax);
    if (!this.writing && !this.compacting && this.isWasteful && this.fd !== -1) this.startSegment();
  }
}

function emptyFrame(): ByteWriter {
  return reset(new ByteWriter());
}

function reset(frame: ByteWriter): ByteWriter {
  frame.length = 0;
  for (let i = 0; i < FRAME_HEADER_BYTES; i++) frame.u8(0);
  return frame;
}
