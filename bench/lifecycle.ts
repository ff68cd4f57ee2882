/**
 * From the mutation to the first CONNACK over TLS, as a script with an API key sees it, one deployment after another: as
 * processes, and as containers made by Terraform where DOCKER_HOST names an engine.
 */
import { Api } from '../e2e/support/api.ts';
import { createToConnack } from '../e2e/support/create-to-connack.ts';
import { type RunningSystem, startSystem } from '../e2e/support/system.ts';
import { meetsBar, percentile, type Row } from './report.ts';

interface Kind {
  case: string;
  region: string;
  deployments: number;
  /** Milliseconds. */
  bar: number;
  p99Bar: number;
  goal: number;
}

const PROCESS: Kind = { case: 'create.process', region: 'local', deployments: 50, bar: 400, p99Bar: 1_500, goal: 250 };
const DOCKER: Kind = { case: 'create.docker', region: 'local-docker', deployments: 20, bar: 2_000, p99Bar: 6_000, goal: 1_000 };

export async function lifecycle(): Promise<Row[]> {
  const kinds = process.env['DOCKER_HOST'] === undefined ? [PROCESS] : [PROCESS, DOCKER];
  if (kinds.length === 1) console.error('create.docker is not run: DOCKER_HOST names no engine.');
  const docker: Record<string, string> = kinds.includes(DOCKER) ? { ROOKERY_DOCKER: 'auto', ROOKERY_DOCKER_MQTT_PORTS: '30200-30299' } : {};
  const system = await startSystem({ ROOKERY_MQTT_PORTS: '30000-30199', ...docker });
  try {
    const rows: Row[] = [];
    for (const kind of kinds) rows.push(await measure(system, kind));
    return rows;
  } finally {
    await system.stop();
    system.remove();
  }
}

async function measure(system: RunningSystem, kind: Kind): Promise<Row> {
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  await api.untilRegion(kind.region);
  const samples: number[] = [];
  for (let i = 0; i < kind.deployments; i++) samples.push(await createToConnack(api, system.ca, `bench-${kind.region}-${i}`, kind.region));
  const p50 = Math.round(percentile(samples, 0.5));
  const p99 = Math.round(percentile(samples, 0.99));
  const { bar, goal } = kind;
  const lost = kind.deployments - samples.length;
  const row = { case: kind.case, value: p50, unit: 'ms', better: 'lower', p50, p99, bar, goal, lost } as const;
  return { ...row, pass: meetsBar(row) && p99 < kind.p99Bar };
}
