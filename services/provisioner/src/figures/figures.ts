/**
 * What an operator wants to see of the control plane, and be woken by: is there something that nobody looks at, that waits
 * too long, that is lost, or that will soon have no room. Read from the tables at once, so any worker says the same.
 */
import { DEPLOYMENT_PHASES } from '@rookery/contracts/phases';
import type { Database } from '@rookery/db/pool';
import type { Figure } from '@rookery/service-kit/aws/cloudwatch';
import { sql } from 'drizzle-orm';

/** One that is open for longer is stuck: ten tries take half an hour. */
const STUCK = '35 minutes';

interface Row extends Record<string, unknown> {
  open: number;
  stuck: number;
  failed: number;
  due: number;
  wait: number;
  trying: number;
  up: number;
  lost: number;
}

/** `sinceSeconds`: operations that failed since then are counted. */
export async function readFigures(db: Database, sinceSeconds: number): Promise<Figure[]> {
  const [all, phases, regions] = await Promise.all([
    db.execute<Row>(sql`
      SELECT (SELECT count(*)::int FROM operations WHERE state IN ('PENDING', 'RUNNING')) AS open,
        (SELECT count(*)::int FROM operations WHERE state IN ('PENDING', 'RUNNING') AND created_at < now() - ${STUCK}::interval) AS stuck,
        (SELECT count(*)::int FROM operations WHERE state = 'FAILED' AND finished_at > now() - make_interval(secs => ${sinceSeconds})) AS failed,
        (SELECT count(*)::int FROM reconciliations WHERE due_at <= now()) AS due,
        (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float FROM reconciliations WHERE due_at <= now()) AS wait,
        (SELECT count(*)::int FROM reconciliations WHERE attempts > 0) AS trying,
        (SELECT count(*)::int FROM machines WHERE lost_at IS NULL AND revoked_at IS NULL) AS up,
        (SELECT count(*)::int FROM machines WHERE lost_at IS NOT NULL AND revoked_at IS NULL) AS lost`),
    db.execute<{ phase: string; count: number }>(sql`SELECT phase, count(*)::int AS count FROM deployment_states GROUP BY phase`),
    // Machines of one deployment have no room for others.
    db.execute<{ region: string; room: number; share: number }>(sql`
      SELECT region, sum(ports - taken)::int AS room, 100.0 * sum(ports - taken)::float / sum(ports) AS share FROM (
        SELECT c.region_id AS region, m.mqtt_port_last - m.mqtt_port_first + 1 AS ports,
          (SELECT count(*) FROM machine_ports p WHERE p.machine_id = m.id AND p.port BETWEEN m.mqtt_port_first AND m.mqtt_port_last) AS taken
        FROM machines m JOIN cells c ON c.id = m.cell_id
        WHERE m.lost_at IS NULL AND m.revoked_at IS NULL AND m.dedicated_to IS NULL AND NOT c.full
      ) one GROUP BY region`),
  ]);
  const { open, stuck, failed, due, wait, trying, up, lost } = all.rows[0]!;
  const count = (name: string, value: number): Figure => ({ name, value, unit: 'Count' });
  const inPhase = new Map(phases.rows.map((row) => [row.phase, row.count]));
  return [
    count('OperationsOpen', open),
    count('OperationsStuck', stuck),
    count('OperationsFailed', failed),
    count('QueueDue', due),
    { name: 'QueueWait', value: wait, unit: 'Seconds' },
    count('DeploymentsTriedAgain', trying),
    count('MachinesUp', up),
    count('MachinesLost', lost),
    // A phase in which there is none has a figure too: a graph without a line says nothing.
    ...DEPLOYMENT_PHASES.map((phase) => ({ ...count('Deployments', inPhase.get(phase) ?? 0), dimensions: { Phase: phase } })),
    ...regions.rows.flatMap(({ region, room, share }): Figure[] => [
      { ...count('PortsFree', room), dimensions: { Region: region } },
      { name: 'PortsFreeShare', value: share, unit: 'Percent', dimensions: { Region: region } },
    ]),
  ];
}
