/**
 * What the machine tells the api: states at once, counters each second. Only the newest of each kind is kept, so the
 * backlog of a long outage is as small as one report; counters are cumulative, so nothing is lost by that.
 */
import type { EdgeUsage, MachineReport, RuntimeReport, RuntimeStateReport } from '@rookery/contracts/reports';
import type { Logger } from '@rookery/service-kit/log';
import { type ApiClient, ApiRefusal } from './api-client.js';

const FLUSH_MS = 1_000;
const RETRY_MS_MAX = 1_000;
/** Of each kind in one post: taken well before the post times out, also by a busy api. */
const BATCH_MAX = 1_000;

export class Reporter {
  private readonly states = new Map<string, RuntimeStateReport>();
  private readonly reports = new Map<string, RuntimeReport>();
  private readonly usage = new Map<string, EdgeUsage>();
  private timer: NodeJS.Timeout | null = null;
  private sending = false;
  private retryMs = 0;

  constructor(
    private readonly api: ApiClient,
    private readonly machineId: () => string | null,
    private readonly log: Logger,
    private readonly onAccepted: (state: RuntimeStateReport) => void,
  ) {}

  state(state: RuntimeStateReport): void {
    this.states.set(state.deploymentId, state);
    this.schedule(0);
  }

  report(report: RuntimeReport): void {
    this.reports.set(report.deploymentId, report);
    this.schedule(FLUSH_MS);
  }

  meter(usage: EdgeUsage[]): void {
    for (const entry of usage) this.usage.set(`${entry.deploymentId} ${entry.incarnation}`, entry);
    this.schedule(FLUSH_MS);
  }

  /** Sends what is waiting now, once; for the end of the agent. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.send();
  }

  private schedule(ms: number): void {
    if (this.timer !== null && ms > 0) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.timer = null;
        void this.send();
      },
      Math.max(ms, this.retryMs),
    );
  }

  private async send(): Promise<void> {
    const machineId = this.machineId();
    if (machineId === null || this.sending) return this.again();
    const batch: MachineReport = {
      machineId,
      states: [...this.states.values()].slice(0, BATCH_MAX),
      reports: [...this.reports.values()].slice(0, BATCH_MAX),
      usage: [...this.usage.values()].slice(0, BATCH_MAX),
    };
    if (batch.states.length + batch.reports.length + batch.usage.length === 0) return;
    this.sending = true;
    try {
      await this.api.post('/agent/reports', batch);
      this.retryMs = 0;
      this.forget(batch);
    } catch (error) {
      this.log.warn({ err: error }, 'a report was not taken');
      // A batch that the api refuses would be refused again for ever.
      if (error instanceof ApiRefusal && error.status < 500) this.forget(batch);
      this.retryMs = Math.min(this.retryMs * 2 || 100, RETRY_MS_MAX);
    } finally {
      this.sending = false;
    }
    this.again();
  }

  private again(): void {
    if (this.states.size > 0) this.schedule(this.sending ? 20 : this.retryMs);
    else if (this.reports.size + this.usage.size > 0) this.schedule(FLUSH_MS);
  }

  /** Drops what was sent, unless something newer took its place meanwhile. */
  private forget(batch: MachineReport): void {
    for (const state of batch.states) {
      if (this.states.get(state.deploymentId) === state) this.states.delete(state.deploymentId);
      this.onAccepted(state);
    }
    for (const report of batch.reports) if (this.reports.get(report.deploymentId) === report) this.reports.delete(report.deploymentId);
    for (const entry of batch.usage) {
      const key = `${entry.deploymentId} ${entry.incarnation}`;
      if (this.usage.get(key) === entry) this.usage.delete(key);
    }
  }
}
