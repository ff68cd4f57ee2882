/** Cumulative counters of this process start (contracts `runtimeCountersSchema`), and what each limit refused. */
import type { RuntimeCounters, RuntimeLimit } from '@rookery/contracts/reports';

export class Counters implements RuntimeCounters {
  messagesReceived = 0;
  messagesSent = 0;
  messagesDropped = 0;
  bytesReceived = 0;
  bytesSent = 0;
  connectsAccepted = 0;
  connectsRefused = 0;
  publishesDenied = 0;
  subscribesDenied = 0;
  protocolErrors = 0;
  quotaHits = 0;
  readonly limitHits: Partial<Record<RuntimeLimit, number>> = {};

  /** A limit was met: something was refused, held back or dropped. */
  hit(limit: RuntimeLimit): void {
    this.quotaHits++;
    this.limitHits[limit] = (this.limitHits[limit] ?? 0) + 1;
  }

  snapshot(bytesSent: number): RuntimeCounters {
    return { ...(this as RuntimeCounters), limitHits: { ...this.limitHits }, bytesSent };
  }
}
