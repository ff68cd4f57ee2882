/** How fast each client is sent messages: counters of its session, compared every few seconds. Silent clients cost nothing. */

const INTERVAL_MS = 5_000;

interface Counted {
  readonly clientId: string;
  readonly messagesSent: number;
}

export class SendRates {
  private perSecond = new Map<string, number>();
  private counted = new Map<string, number>();
  private countedAt: number;

  constructor(
    private readonly sessions: () => Iterable<Counted>,
    private readonly ticks: () => number,
  ) {
    this.countedAt = ticks();
  }

  /** To be called about once a second. */
  tick(): void {
    const elapsed = this.ticks() - this.countedAt;
    if (elapsed < INTERVAL_MS) return;
    const counted = new Map<string, number>();
    const perSecond = new Map<string, number>();
    for (const { clientId, messagesSent } of this.sessions()) {
      if (messagesSent === 0) continue;
      counted.set(clientId, messagesSent);
      const before = this.counted.get(clientId) ?? 0;
      if (messagesSent > before) perSecond.set(clientId, ((messagesSent - before) * 1_000) / elapsed);
    }
    this.counted = counted;
    this.perSecond = perSecond;
    this.countedAt = this.ticks();
  }

  /** Messages per second, mean of the last interval that is over. */
  of(clientId: string): number {
    return this.perSecond.get(clientId) ?? 0;
  }
}
