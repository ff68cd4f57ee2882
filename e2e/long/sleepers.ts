/**
 * Many deployments that sleep: no runtime has a process; with thousands of rows agent and edge stay small, and both are
 * back soon after they died. The rows are written into the tables: no machine of a test starts ten thousand runtimes once.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@rookery/db/pool';
import { Envelope } from '@rookery/service-kit/envelope';
import { type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { Api, type Deployed } from '../support/api.ts';
import { connectTls, until } from '../support/clients.ts';
import { allRuntimes } from '../support/runtimes.ts';
import { freePorts, keepLogs, processesOf, type RunningSystem, startSystem } from '../support/system.ts';

const DOMAIN = 'mqtt.rookery.test';
const MEMORY_MB_MAX = 400;
const RESTART_MS_MAX = 20_000;
const MIB = 2 ** 20;
/** Until a machine that has ten thousand new deployments knows all of them, and all are shown asleep. */
const TOLD_MS_MAX = 300_000;
const LOOK_MS = 1_000;

export interface SleepersOptions {
  /** Rows of deployments that sleep. */
  rows: number;
  /** Deployments that were started, served a client and fell asleep. */
  real: number;
  say: (line: string) => void;
}

export async function sleepers({ rows, real, say }: SleepersOptions): Promise<void> {
  const port = await freePorts(2);
  const domain = {
    ROOKERY_DOMAIN: DOMAIN,
    ROOKERY_MQTTS_PORT: String(port),
    ROOKERY_WSS_PORT: String(port + 1),
    ROOKERY_MQTT_PORTS: '30000-65000',
  };
  const system = await startSystem({ ...domain, ROOKERY_EDGE_PROCESSES: '2' });
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    let since = Date.now();
    const took = () => `${((Date.now() - since) / 1_000).toFixed(1)} s`;
    const slept = await fallAsleep(system, api, real);
    say(`${real} deployments were made and sleep after ${took()}: ${allRuntimes(system.home).length} runtime processes`);
    await writeRows(system, slept[0]!, rows);
    since = Date.now();
    await untilSeldom(() => known(system) === rows + real + 1, 'the machine to know all of them');
    say(`the machine was told of ${rows} more, and keeps them, after ${took()}`);
    await untilSeldom(async () => (await countAsleep(system)) >= rows + real, 'all to be shown asleep');
    say(`all are shown asleep after ${took()}`);
    if (allRuntimes(system.home).length > 0) throw new Error('a row woke somebody');
    const readyMs = await restart(system);
    const used = memoryMb(system);
    say(
      `${rows} rows asleep: agent and edge take ${used.toFixed(0)} MB (bar ${MEMORY_MB_MAX}), ready ${readyMs} ms after both were killed (bar ${RESTART_MS_MAX})`,
    );
    const one = slept.at(-1)!;
    const startedAt = performance.now();
    await (await connectTls({ ...one, host: '127.0.0.1', mqttsPort: port }, { ca: system.ca, servername: one.host })).endAsync();
    say(`a client woke one of them in ${Math.round(performance.now() - startedAt)} ms`);
    if (used > MEMORY_MB_MAX) throw new Error(`agent and edge take ${used.toFixed(0)} MB`);
    if (readyMs > RESTART_MS_MAX) throw new Error(`they were ready after ${readyMs} ms`);
  } catch (error) {
    say(`logs kept in ${keepLogs(system, 'sleepers')}`);
    throw error;
  } finally {
    await system.stop();
    system.remove();
  }
}

/** Asked seldom: each look goes through thousands of files or rows, on the machine that is measured. */
async function untilSeldom(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + TOLD_MS_MAX; !(await condition()); ) {
    if (Date.now() > deadline) throw new Error(`waited ${TOLD_MS_MAX} ms for ${what}`);
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
  }
}

async function fallAsleep(system: RunningSystem, api: Api, count: number): Promise<Deployed[]> {
  const made: Deployed[] = [];
  for (let i = 0; i < count; i += 5)
    made.push(...(await Promise.all([0, 1, 2, 3, 4].map((j) => api.deploy(`real-${i + j}`, { sleepAfterSeconds: 1 })))));
  await api.mutate('updateDeployment', 'deployment { id }', { id: system.login.deploymentId, sleepAfterSeconds: 1 });
  await until(() => allRuntimes(system.home).length === 0, 'no runtime to have a process', 120_000);
  return made;
}

/** Copies of one that sleeps, each with an id, a slug and a port of its own. */
async function writeRows(system: RunningSystem, like: Deployed, count: number): Promise<void> {
  const url = readFileSync(join(system.home, 'secrets', 'database-url'), 'utf8').trim();
  const db = openDatabase(url, { applicationName: 'rookery-sleepers', connectionsMax: 1, onError: () => {} });
  const { organizationId } = system.login;
  const envelope = new Envelope(Buffer.from(readFileSync(join(system.home, 'secrets', 'kek'), 'utf8').trim(), 'base64'));
  const columns = async (table: string, except: readonly string[]) => {
    const { rows } = await db.$client.query<{ name: string }>(
      `SELECT quote_ident(column_name) AS name FROM information_schema.columns WHERE table_name = $1 AND is_generated = 'NEVER'`,
      [table],
    );
    return rows.map(({ name }) => name).filter((name) => !except.includes(name));
  };
  try {
    await db.$client.query('CREATE TEMP TABLE copies (id uuid, text_id text, slug text, pepper text)');
    const ids = Array.from({ length: count }, () => newId('deployment'));
    await db.$client.query(`INSERT INTO copies SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])`, [
      ids.map((id) => uuidOf('deployment', id)),
      ids,
      ids.map((id) => `s-${id.slice(-20)}`),
      // The secret of a row is sealed for that row.
      ids.map((row) => envelope.seal(randomBytes(32), { organizationId, table: 'deployments', row, field: 'sealed_pepper' })),
    ]);
    const original = uuidOf('deployment', like.id);
    const own = await columns('deployments', ['id', 'name', 'slug', 'sealed_pepper']);
    await db.$client.query(
      `INSERT INTO deployments (id, name, slug, sealed_pepper, ${own.join(', ')}) SELECT c.id, c.slug, c.slug, c.pepper, ${own.map((name) => `d.${name}`).join(', ')} FROM deployments d, copies c WHERE d.id = $1`,
      [original],
    );
    const infrastructure = await columns('deployment_infrastructure', ['deployment_id', 'spec']);
    await db.$client.query(
      `INSERT INTO deployment_infrastructure (deployment_id, spec, ${infrastructure.join(', ')})
       SELECT c.id, d.spec || jsonb_build_object('deploymentId', c.text_id, 'slug', c.slug, 'ports', '{"mqtts": null, "mqtt": null}'::jsonb),
         ${infrastructure.map((name) => `d.${name}`).join(', ')} FROM deployment_infrastructure d, copies c WHERE d.deployment_id = $1`,
      [original],
    );
    // Its machine shall find them asleep, as after a restart.
    const sleep = JSON.stringify({
      asleepSince: new Date().toISOString(),
      nextWakeAt: null,
      wakes: 0,
      lastWake: null,
      futile: 0,
      notBefore: 0,
    });
    for (const id of ids) {
      mkdirSync(join(system.home, 'machine/deployments', id), { mode: 0o711 });
      writeFileSync(join(system.home, 'machine/deployments', id, 'sleep.json'), sleep);
    }
    await db.$client.query(
      `SELECT append_policy_change(d.organization_id, d.id, 'runtime') FROM deployments d JOIN copies c ON c.id = d.id`,
    );
  } finally {
    await db.$client.end();
  }
}

/** Deployments that the agent has on its disk. */
function known(system: RunningSystem): number {
  const folder = join(system.home, 'machine/deployments');
  return readdirSync(folder).filter((id) => existsSync(join(folder, id, 'deployment.sealed'))).length;
}

async function countAsleep(system: RunningSystem): Promise<number> {
  const url = readFileSync(join(system.home, 'secrets', 'database-url'), 'utf8').trim();
  const db = openDatabase(url, { applicationName: 'rookery-sleepers', connectionsMax: 1, onError: () => {} });
  try {
    const { rows } = await db.$client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM deployment_reports WHERE state = 'ASLEEP'`,
    );
    return rows[0]!.count;
  } finally {
    await db.$client.end();
  }
}

/** Kills agent and edges; resolves to how long it took until both were ready again, ms. */
async function restart(system: RunningSystem): Promise<number> {
  const dead: ProcessIdentity[] = [...processesOf(system, 'agent'), ...processesOf(system, 'edge')];
  for (const process of dead) signalProcess(process, 'SIGKILL');
  const startedAt = Date.now();
  const sockets = [join(system.run, 'agent.sock'), join(system.run, 'edge-0-health.sock'), join(system.run, 'edge-1-health.sock')];
  await until(async () => (await Promise.all(sockets.map(isReady))).every(Boolean), 'agent and edge to be ready', 120_000);
  return Date.now() - startedAt;
}

async function isReady(socketPath: string): Promise<boolean> {
  const { request } = await import('node:http');
  return new Promise((resolve) => {
    const outgoing = request({ socketPath, path: '/readyz', timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    outgoing.once('error', () => resolve(false));
    outgoing.end();
  });
}

/** Proportional set size of all of them: what is shared counts once. */
function memoryMb(system: RunningSystem): number {
  const all = [...processesOf(system, 'agent'), ...processesOf(system, 'edge')];
  const kilobytes = all.map(({ pid }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0));
  return (kilobytes.reduce((sum, each) => sum + each, 0) * 1024) / MIB;
}
