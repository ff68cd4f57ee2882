/**
 * Rates of one connection: its own, and its share in the deployment's. Over the rate nothing is dropped: the packet
 * waits and the socket is not read. Only a client that stays over for ten seconds is sent away.
 */
import type { RuntimeLimit } from '@rookery/contracts/reports';
import type { TokenBucket } from './token-bucket.js';

const PATIENCE_MS = 10_000;
/** A client whose last wait is this long over has caught up. */
const CAUGHT_UP_MS = 250;

export class Throttle {
  private overSince = 0;
  private lastOver = 0;
  /** The packet at hand has its own token already. */
  private ownTaken = false;
  /** The packet at hand was refused before. */
  private waited = false;
  /** The last refusal was the first one of its packet. */
  newlyHeld = false;

  constructor(
    private readonly own: TokenBucket,
    private readonly shared: TokenBucket,
    private readonly ticks: () => number,
  ) {}

  setRate(perSecond: number): void {
    this.own.setRate(perSecond);
  }

  admit(): boolean {
    this.ownTaken ||= this.own.take(this.ticks);
    if (this.ownTaken && this.shared.take(this.ticks)) {
      this.ownTaken = false;
      if (this.overSince > 0) this.settle();
      return true;
    }
    this.newlyHeld = !this.waited;
    this.waited = true;
    this.lastOver = this.ticks();
    if (this.overSince === 0) this.overSince = this.lastOver;
    return false;
  }

  isHopeless(): boolean {
    return this.overSince > 0 && this.ticks() - this.overSince >= PATIENCE_MS;
  }

  /** Which of the two holds the packet at hand back. */
  get limit(): RuntimeLimit {
    return this.ownTaken ? 'messagesPerSecondMax' : 'clientPublishPerSecondMax';
  }

  waitMs(): number {
    return this.ownTaken ? this.shared.waitMs() : this.own.waitMs();
  }

  /** A packet that did not have to wait, some time after the last that did, ends being over. */
  private settle(): void {
    if (this.waited) this.lastOver = this.ticks();
    else if (this.ticks() - this.lastOver > CAUGHT_UP_MS) this.overSince = 0;
    this.waited = false;
  }
}
