/**
 * The meter: bytes and connection time per deployment, counted here and not in the tenant's own process.
 * Counters only grow for the life of this worker; whoever reads them takes differences.
 */
import type { EdgeUsage } from '@rookery/contracts/reports';
import type { Clock } from '@rookery/service-kit/clock';

export interface Tally {
  bytesIn: number;
  bytesOut: number;
  connections: number;
  connectionSeconds: number;
  /** When `connectionSeconds` was last brought up to date, ms. */
  countedAt: number;
  sequence: number;
  changed: boolean;
}

export class Meter {
  private readonly tallies = new Map<string, Tally>();

  constructor(
    private readonly incarnation: string,
    private readonly clock: Clock,
  ) {}

  tally(deploymentId: string): Tally {
    let tally = this.tallies.get(deploymentId);
    if (tally === undefined) {
      tally = { bytesIn: 0, bytesOut: 0, connections: 0, connectionSeconds: 0, countedAt: this.clock.now(), sequence: 0, changed: false };
      this.tallies.set(deploymentId, tally);
    }
    return tally;
  }

  opened(tally: Tally): void {
    this.accrue(tally);
    tally.connections++;
  }

  closed(tally: Tally): void {
    this.accrue(tally);
    tally.connections--;
    tally.changed = true;
  }

  private accrue(tally: Tally): void {
    const now = this.clock.now();
    tally.connectionSeconds += (tally.connections * (now - tally.countedAt)) / 1000;
    tally.countedAt = now;
  }

  /** Usage of every deployment that has something new since the last call, or of all. */
  read(all = false): EdgeUsage[] {
    const usage: EdgeUsage[] = [];
    for (const [deploymentId, tally] of this.tallies) {
      if (!all && !tally.changed && tally.connections === 0) continue;
      this.accrue(tally);
      tally.changed = false;
      tally.sequence++;
      const { bytesIn, bytesOut, connections, connectionSeconds, sequence } = tally;
      usage.push({ deploymentId, incarnation: this.incarnation, sequence, bytesIn, bytesOut, connections, connectionSeconds });
    }
    return usage;
  }
}
