/** Takes in what machines report: only of deployments that are placed on the machine that speaks. */
import { Inject, Injectable } from '@nestjs/common';
import type { MachineReport, RuntimeStateReport } from '@rookery/contracts/reports';
import type { Database } from '@rookery/db/pool';
import { asMachine, type MachineTx } from '@rookery/db/transactions';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { DATABASE, LOGGER, type Logger } from '../tokens.js';
import { LimitMeter } from './limit-meter.js';
import { MachineAccess } from './machine-access.service.js';
import { knownStates, organizationsOf, saveStates, wantReconcile } from './reports.repository.js';
import { type Placed, saveReports, saveUsage } from './samples.repository.js';
import { newsOf } from './state-news.js';

const REFUSED_LOGGED_MAX = 10;

@Injectable()
export class ReportsService {
  /** Entries that were not taken since this api started. */
  refusedEntries = 0;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly access: MachineAccess,
    private readonly reconcile: ReconcileTap,
    private readonly limits: LimitMeter,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Resolves to the deployments whose reports were not taken: gone, or placed elsewhere. Throws NOT_FOUND or MACHINE_REVOKED. */
  async take(report: MachineReport): Promise<{ refused: string[] }> {
    await this.access.requireKnown(report.machineId);
    const { refused, changed, counted } = await asMachine(this.db, report.machineId, async (tx) => {
      const organizations = await organizationsOf(tx, report.machineId, deploymentsIn(report));
      const changed = await this.takeStates(tx, placed(report.states, organizations));
      const counted = await saveReports(tx, placed(inOrder(report.reports), organizations));
      await saveUsage(tx, placed(inOrder(report.usage), organizations));
      return { refused: deploymentsIn(report).filter((id) => !organizations.has(id)), changed, counted };
    });
    this.limits.add(counted);
    await this.access.markSeen(report.machineId, { certified: false });
    this.noteRefused(report, refused);
    await this.reconcile.tap(...changed);
    return { refused };
  }

  /** Mostly of deployments that have just gone; else a machine speaks of what is not its own. */
  private noteRefused({ machineId, states, reports, usage }: MachineReport, refused: readonly string[]): void {
    if (refused.length === 0) return;
    const gone = new Set(refused);
    const entries = [...states, ...reports, ...usage].filter((each) => gone.has(each.deploymentId)).length;
    this.refusedEntries += entries;
    this.log.warn(
      { machineId, entries, deploymentIds: refused.slice(0, REFUSED_LOGGED_MAX) },
      'reports of deployments that are not placed there',
    );
  }

  /** Resolves to the deployments that the provisioner should look at. */
  private async takeStates(tx: MachineTx, states: readonly Placed<RuntimeStateReport>[]): Promise<string[]> {
    const known = await knownStates(
      tx,
      states.map((state) => state.deploymentId),
    );
    // One statement changes a row once, so of two reports of one deployment the last counts.
    const last = new Map(states.map((report) => [report.deploymentId, report]));
    const news = inOrder([...last.values()]).map((report) => {
      const before = known.get(report.deploymentId);
      return { report, known: before, worth: newsOf(report, before) };
    });
    await saveStates(
      tx,
      news.filter(({ worth }) => worth !== 'none'),
    );
    const changed = news.filter(({ worth }) => worth === 'change').map(({ report }) => report);
    await wantReconcile(tx, changed);
    return changed.map(({ deploymentId }) => deploymentId);
  }
}

function placed<T extends { deploymentId: string }>(list: readonly T[], organizations: ReadonlyMap<string, string>): Placed<T>[] {
  return list.flatMap((each) => {
    const organizationId = organizations.get(each.deploymentId);
    return organizationId === undefined ? [] : [{ ...each, organizationId }];
  });
}

function deploymentsIn({ states, reports, usage }: MachineReport): string[] {
  return [...new Set([...states, ...reports, ...usage].map((each) => each.deploymentId))];
}

/** Rows are always locked in the same order, so two batches never wait for each other in a circle. */
function inOrder<T extends { deploymentId: string }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (a.deploymentId < b.deploymentId ? -1 : a.deploymentId > b.deploymentId ? 1 : 0));
}
