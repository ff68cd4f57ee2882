/** Reports: cumulative counters and gauges, about once a second while something changes, else every ten seconds. */
import type { RuntimeReport } from '@rookery/contracts/reports';
import type { Broker } from '../broker.js';

const TICK_MS = 1_000;
const QUIET_TICKS = 10;

export class Reporter {
  private sequence = 0;
  private quiet = 0;
  private last = '';
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly broker: Broker,
    private readonly deploymentId: string,
    private readonly incarnation: string,
    private readonly send: (report: RuntimeReport) => void,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  report(): RuntimeReport {
    const { broker } = this;
    const { state, counters, policy, store, routing, outlet } = broker;
    return {
      deploymentId: this.deploymentId as RuntimeReport['deploymentId'],
      incarnation: this.incarnation,
      sequence: ++this.sequence,
      at: new Date(broker.now()).toISOString(),
      appliedRevision: policy.revision,
      counters: counters.snapshot(outlet.bytesSent),
      gauges: {
        clients: broker.kernel.connectedClients,
        sessions: state.sessions.size,
        subscriptions: routing.size,
        retained: state.retained.size,
        queued: state.queued,
        storeBytes: store.bytes,
        memoryBytes: process.memoryUsage.rss(),
      },
    };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const { counters, kernel, policy } = this.broker;
    const now = JSON.stringify([counters, kernel.connectedClients, policy.revision]);
    this.quiet = now === this.last ? this.quiet + 1 : 0;
    this.last = now;
    if (this.quiet % QUIET_TICKS === 0) this.send(this.report());
  }
}
