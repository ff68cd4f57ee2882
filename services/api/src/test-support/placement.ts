/** Does what the provisioner would do, for tests of the api alone. */
import type { RuntimeCounters } from '@rookery/contracts/reports';
import { uuidOf } from '@rookery/service-kit/ids';
import { postJson } from './private-calls.js';
import type { TestApi } from './test-api.js';

/** Places the deployment on the machine as if the worker had: the spec of its newest generation is written. */
export async function place(api: TestApi, machineId: string, deploymentId: string, mqttsPort = 20_000): Promise<void> {
  const uuid = uuidOf('deployment', deploymentId);
  const [row] = await api.sql<{ organization_id: string; generation: number; slug: string; state: string }>(
    'SELECT * FROM deployments WHERE id = $1',
    [uuid],
  );
  const spec = {
    deploymentId,
    organizationId: 'org_01h455vb4pex5vsknk084sn02q',
    generation: row!.generation,
    state: row!.state,
    slug: row!.slug,
    ports: { mqtts: mqttsPort, mqtt: null },
    durability: 'durable',
    memoryBytesMax: 1,
    storeBytesMax: 1,
  };
  await api.sql(
    `INSERT INTO deployment_infrastructure (organization_id, deployment_id, machine_id, generation, spec) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (organization_id, deployment_id) DO UPDATE SET machine_id = EXCLUDED.machine_id, generation = EXCLUDED.generation, spec = EXCLUDED.spec`,
    [row!.organization_id, uuid, uuidOf('machine', machineId), row!.generation, spec],
  );
  await api.sql(`SELECT append_policy_change($1, $2, 'runtime')`, [row!.organization_id, uuid]);
}

/** How a machine says that a deployment is. */
export function stateReport(deploymentId: string, state: Record<string, unknown> = {}) {
  const full = {
    deploymentId,
    generation: 1,
    incarnation: 'i-1',
    state: 'RUNNING',
    isolation: 'unshare',
    appliedRevision: 1,
    restarts: 0,
    problem: null,
  };
  return { ...full, at: new Date().toISOString(), ...state };
}

/** The machine says how a deployment is. */
export function reportState(api: TestApi, machineId: string, deploymentId: string, state: Record<string, unknown> = {}) {
  const states = [stateReport(deploymentId, state)];
  return postJson(api.privateSocket, '/agent/reports', { machineId, states, reports: [], usage: [] });
}

const ZERO_COUNTERS = {
  messagesReceived: 0,
  messagesSent: 0,
  messagesDropped: 0,
  bytesReceived: 0,
  bytesSent: 0,
  connectsAccepted: 0,
  connectsRefused: 0,
  publishesDenied: 0,
  subscribesDenied: 0,
  protocolErrors: 0,
  quotaHits: 0,
  limitHits: {} as RuntimeCounters['limitHits'],
};
const ZERO_GAUGES = { clients: 0, sessions: 0, subscriptions: 0, retained: 0, queued: 0, storeBytes: 0, memoryBytes: 0 };

/** The runtime says what it counted. */
export function reportCounters(
  api: TestApi,
  machineId: string,
  deploymentId: string,
  report: {
    sequence: number;
    at?: Date;
    incarnation?: string;
    counters?: Partial<typeof ZERO_COUNTERS>;
    gauges?: Partial<typeof ZERO_GAUGES>;
  },
) {
  const full = {
    deploymentId,
    incarnation: report.incarnation ?? 'i-1',
    sequence: report.sequence,
    at: (report.at ?? new Date()).toISOString(),
    appliedRevision: 1,
    counters: { ...ZERO_COUNTERS, ...report.counters },
    gauges: { ...ZERO_GAUGES, ...report.gauges },
  };
  return postJson(api.privateSocket, '/agent/reports', { machineId, states: [], reports: [full], usage: [] });
}
