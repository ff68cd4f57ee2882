/** How often limits refused something, over all deployments, for the figures of the installation. */
import { Injectable } from '@nestjs/common';
import { RUNTIME_LIMITS, type RuntimeCounters, type RuntimeLimit } from '@rookery/contracts/reports';

/** The counters of one deployment: as reported now, and by the same process before; null for a process that is new. */
export interface CountersPair {
  counters: RuntimeCounters | null;
  previousCounters: RuntimeCounters | null;
}

@Injectable()
export class LimitMeter {
  /** Every limit is there from the start, so that its first hit is a rise. */
  readonly hits = new Map<RuntimeLimit, number>(RUNTIME_LIMITS.map((limit) => [limit, 0]));

  add(pairs: readonly CountersPair[]): void {
    for (const { counters, previousCounters } of pairs)
      for (const limit of RUNTIME_LIMITS) {
        const risen = (counters?.limitHits?.[limit] ?? 0) - (previousCounters?.limitHits?.[limit] ?? 0);
        if (risen > 0) this.hits.set(limit, this.hits.get(limit)! + risen);
      }
  }
}
