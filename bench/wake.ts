/**
 * From a client's CONNECT at the door of a deployment that sleeps to its CONNACK over TLS: one after another, as processes
 * and, where DOCKER_HOST names an engine, as containers; and a hundred at once.
 */
import { Api, type Deployed } from '../e2e/support/api.ts';
import { connectTls } from '../e2e/support/clients.ts';
import { type RunningSystem, startSystem } from '../e2e/support/system.ts';
import { meetsBar, percentile, type Row } from './report.ts';

const CROWD = 100;
const CROWD_BAR_MS = 8_000;
const ROUNDS = 30;
/** Soon enough to wait for, late enough that nobody falls asleep between two measurements. */
const SLEEP_AFTER_SECONDS = 2;
const KINDS = [
  { case: 'wake.process', region: 'local', bar: 200, goal: 120 },
  { case: 'wake.docker', region: 'local-docker', bar: 600, goal: 400 },
] as const;

export async function wake(): Promise<Row[]> {
  const docker = process.env['DOCKER_HOST'] !== undefined;
  if (!docker) console.error('wake.docker is not run: DOCKER_HOST names no engine.');
  const ofDocker: Record<string, string> = docker ? { ROOKERY_DOCKER: 'auto', ROOKERY_DOCKER_MQTT_PORTS: '30400-30499' } : {};
  const system = await startSystem({ ROOKERY_MQTT_PORTS: '30000-30399', ...ofDocker });
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    const rows: Row[] = [];
    for (const kind of docker ? KINDS : KINDS.slice(0, 1)) {
      await api.untilRegion(kind.region);
      rows.push(await oneByOne(system, api, kind));
    }
    rows.push(await atOnce(system, api));
    return rows;
  } finally {
    await system.stop();
    system.remove();
  }
}

async function oneByOne(system: RunningSystem, api: Api, kind: (typeof KINDS)[number]): Promise<Row> {
  const sleepers: Deployed[] = [];
  for (let i = 0; i < 5; i++)
    sleepers.push(await api.deploy(`${kind.region}-${i}`, { region: kind.region, sleepAfterSeconds: SLEEP_AFTER_SECONDS }));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = sleepers[round % sleepers.length]!;
    await asleep(api, [one]);
    times.push(await toConnack(system, one));
  }
  for (const { id } of sleepers) await api.operation((await api.mutate('deleteDeployment', 'operation { id }', { id })).operation.id);
  const p50 = Math.round(percentile(times, 0.5));
  const row = { case: kind.case, value: p50, unit: 'ms', better: 'lower', p50, p99: Math.round(percentile(times, 0.99)) } as const;
  const judged = { ...row, bar: kind.bar, goal: kind.goal, lost: ROUNDS - times.length };
  return { ...judged, pass: meetsBar(judged) };
}

/** The slowest of a hundred that are woken in one moment. */
async function atOnce(system: RunningSystem, api: Api): Promise<Row> {
  const sleepers: Deployed[] = [];
  for (let i = 0; i < CROWD; i += 5)
    sleepers.push(
      ...(await Promise.all([0, 1, 2, 3, 4].map((j) => api.deploy(`crowd-${i + j}`, { sleepAfterSeconds: SLEEP_AFTER_SECONDS })))),
    );
  await asleep(api, sleepers);
  const times = await Promise.all(sleepers.map((one) => toConnack(system, one).catch(() => null)));
  const woken = times.filter((time) => time !== null);
  const slowest = Math.round(Math.max(...woken));
  const row = { case: 'wake.100', value: slowest, unit: 'ms', better: 'lower', p50: Math.round(percentile(woken, 0.5)) } as const;
  const judged = { ...row, bar: CROWD_BAR_MS, lost: CROWD - woken.length };
  return { ...judged, pass: meetsBar(judged) };
}

async function toConnack(system: RunningSystem, one: Deployed): Promise<number> {
  const started = performance.now();
  const client = await connectTls(one, { ca: system.ca, connectTimeout: 20_000 });
  const elapsed = performance.now() - started;
  client.end(true);
  return elapsed;
}

async function asleep(api: Api, sleepers: readonly Deployed[]): Promise<void> {
  for (const { id } of sleepers) {
    for (;;) {
      const { deployment } = await api.query('query ($id: ID!) { deployment(id: $id) { phase } }', { id });
      if (deployment.phase === 'ASLEEP') break;
      await new Promise((again) => setTimeout(again, 200));
    }
  }
}
