/** Takes in what machines report: only of deployments that are placed on the machine that speaks. */
import { Inject, Injectable } from '@nestjs/common';
import { type MachineReport, machineReportSchema } from '@rookery/contracts/reports';
import type { Database } from '@rookery/db/pool';
import { asMachine } from '@rookery/db/transactions';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { DATABASE } from '../tokens.js';
import { JoinService } from './join.service.js';
import * as repository from './reports.repository.js';

@Injectable()
export class ReportsService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly machines: JoinService,
    private readonly reconcile: ReconcileTap,
  ) {}

  /** Resolves to the deployments whose reports were not taken: gone, or placed elsewhere. */
  async take(body: unknown): Promise<{ refused: string[] }> {
    const report = machineReportSchema.parse(body);
    const { refused, changed } = await asMachine(this.db, report.machineId, async (tx) => {
      const organizations = await repository.organizationsOf(tx, report.machineId, deploymentsIn(report));
      const changed: string[] = [];
      for (const state of inOrder(report.states)) {
        const organizationId = organizations.get(state.deploymentId);
        if (organizationId === undefined || !(await repository.saveState(tx, organizationId, state))) continue;
        await repository.wantReconcile(tx, organizationId, state.deploymentId);
        changed.push(state.deploymentId);
      }
      for (const each of inOrder(report.reports)) {
        const organizationId = organizations.get(each.deploymentId);
        if (organizationId !== undefined) await repository.saveReport(tx, organizationId, each);
      }
      for (const usage of inOrder(report.usage)) {
        const organizationId = organizations.get(usage.deploymentId);
        if (organizationId !== undefined) await repository.saveUsage(tx, organizationId, usage);
      }
      return { refused: deploymentsIn(report).filter((id) => !organizations.has(id)), changed };
    });
    await this.machines.markSeen(report.machineId);
    await Promise.all(changed.map((deploymentId) => this.reconcile.tap(deploymentId)));
    return { refused };
  }
}

function deploymentsIn({ states, reports, usage }: MachineReport): string[] {
  return [...new Set([...states, ...reports, ...usage].map((each) => each.deploymentId))];
}

/** Rows are always locked in the same order, so two batches never wait for each other in a circle. */
function inOrder<T extends { deploymentId: string }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (a.deploymentId < b.deploymentId ? -1 : a.deploymentId > b.deploymentId ? 1 : 0));
}
