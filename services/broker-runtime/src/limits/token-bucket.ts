/** A rate as a bucket of tokens. It holds a tenth of a second's worth, so that bursts stay within one per cent of ten seconds. */
const BURST_SECONDS = 0.1;

export class TokenBucket {
  private tokens: number;
  private filledAt: number;
  private capacity: number;

  constructor(
    private perSecond: number,
    nowMs: number,
  ) {
    this.capacity = Math.max(1, perSecond * BURST_SECONDS);
    this.tokens = this.capacity;
    this.filledAt = nowMs;
  }

  setRate(perSecond: number): void {
    this.perSecond = perSecond;
    this.capacity = Math.max(1, perSecond * BURST_SECONDS);
    this.tokens = Math.min(this.tokens, this.capacity);
  }

  /** Takes one token if there is one. The clock is only asked when the bucket is empty. */
  take(clock: () => number): boolean {
    if (this.tokens < 1) this.fill(clock());
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }

  /** Takes tokens whether they are there or not; the debt is paid before anybody takes again. */
  charge(tokens: number): void {
    this.tokens -= tokens;
  }

  /** Milliseconds until a token is there. */
  waitMs(): number {
    return Math.max(1, Math.ceil(((1 - this.tokens) / this.perSecond) * 1000));
  }

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.capacity, this.tokens + ((nowMs - this.filledAt) * this.perSecond) / 1000);
    this.filledAt = nowMs;
  }
}
