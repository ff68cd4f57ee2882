/** What a state report says that was not known. Pure. */
import type { RuntimeStateReport } from '@rookery/contracts/reports';
import { LATE_MS_MAX } from './lateness.js';
import type { KnownState } from './reports.repository.js';

/** `change`: the provisioner should look. `detail`: worth writing down. `none`: known already, or late. */
export function newsOf(report: RuntimeStateReport, known: KnownState | undefined): 'change' | 'detail' | 'none' {
  if (known === undefined || known.stateAt === null) return 'change';
  const lateMs = known.stateAt.getTime() - new Date(report.at).getTime();
  if (lateMs > 0 && lateMs < LATE_MS_MAX) return 'none';
  if (report.state !== known.state || report.generation !== known.generation) return 'change';
  if (report.brokerVersion !== null && report.brokerVersion !== known.brokerVersion) return 'change';
  const same =
    report.incarnation === known.incarnation &&
    report.isolation === known.isolation &&
    report.restarts === known.restarts &&
    report.appliedRevision <= known.appliedRevision &&
    (report.sleep === null ||
      (report.sleep.wakes === known.wakeCount && timeOf(report.sleep.nextWakeAt) === known.nextWakeAt?.getTime())) &&
    (report.problem?.code ?? null) === known.problemCode &&
    (report.problem?.message ?? null) === known.problemMessage;
  return same ? 'none' : 'detail';
}

function timeOf(text: string | null): number | undefined {
  return text === null ? undefined : new Date(text).getTime();
}
