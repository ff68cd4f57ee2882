/**
 * Postgres, Redis and the engine are restarted in the middle of operations on containers. Every operation ends well, there
 * is one container for each row and no other, and nothing stays claimed or locked. Needs root, an engine that
 * scripts/ci/dockerd.sh started (DOCKER_HOST), terraform and the docker provider.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisForTests, type TestRedis } from '@rookery/db/test-support/redis-server';
import { identify, isAlive, signalProcess } from '@rookery/service-kit/processes';
import { inRoot } from '../../scripts/lib/paths.ts';
import { runStep } from '../../scripts/lib/run-step.ts';
import { Api } from '../support/api.ts';
import { until } from '../support/clients.ts';
import { docker, managedBy } from '../support/containers.ts';
import { Ledger } from '../support/ledger.ts';
import { freePorts, keepLogs, type RunningSystem, startSystem } from '../support/system.ts';
import { complaints } from './complaints.ts';
import { Life, type Stage } from './life.ts';
import { seededRandom } from './random.ts';
import { settled } from './settled.ts';
import { postmasterOf } from './victims.ts';

const SETTLE_MS = 120_000;
/** A restart comes this late into a stage, at most; an undisturbed one takes about as long. */
const INTO_STAGE_MS = 1_200;
const STAGES: readonly Stage[] = ['create', 'stop', 'start', 'delete'];

export interface RestartOptions {
  seed: number;
  /** Lives through which each is restarted, in a stage that changes from life to life. */
  rounds: number;
  say: (line: string) => void;
}

export async function restarts({ seed, rounds, say }: RestartOptions): Promise<void> {
  const host = process.env['DOCKER_HOST'];
  if (host === undefined) throw new Error('Set DOCKER_HOST to an engine that scripts/ci/dockerd.sh started.');
  const redis = await redisForTests();
  if (redis === null) throw new Error('Install redis-server or valkey-server.');
  const ports = await freePorts(50);
  const system = await startSystem({
    REDIS_URL: redis.url,
    ROOKERY_DOCKER: 'auto',
    DOCKER_HOST: host,
    ROOKERY_DOCKER_MQTT_PORTS: `${ports}-${ports + 49}`,
  });
  const ledger = new Ledger(system);
  const services: Record<string, () => Promise<void>> = {
    postgres: () => restartPostgres(system),
    redis: () => restartRedis(redis),
    dockerd: () => restartEngine(host),
  };
  const random = seededRandom(seed);
  try {
    const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    await api.untilRegion('local-docker');
    for (const [name, restart] of Object.entries(services)) {
      const times: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const stage = STAGES[round % STAGES.length]!;
        const title = `${name} restarted in ${stage}`;
        const restartedAt = await oneLife(api, `${name}-${round}`, stage, random() * INTO_STAGE_MS, restart);
        await until(
          async () => (await settled(system, api)) && (await complaints(system, ledger)).length === 0,
          `all to be well after ${title}`,
          SETTLE_MS,
        ).catch(async (error: Error) => {
          throw new Error(`${title}: ${error.message}; ${(await complaints(system, ledger)).join(', ')}`, { cause: error });
        });
        times.push(`${stage} ${((Date.now() - restartedAt) / 1000).toFixed(1)} s`);
      }
      say(`${name}: restarted in the middle of ${times.join(', ')}; all ended well`);
    }
  } catch (error) {
    say(`logs kept in ${keepLogs(system, 'restarts')}`);
    throw error;
  } finally {
    await ledger.close().catch(() => {});
    await system.stop();
    for (const { Id } of await managedBy(system)) await docker('rm', '--force', Id);
    await redis.stop();
    system.remove();
  }
}

/** Resolves to when the service was back. */
async function oneLife(api: Api, name: string, stage: Stage, afterMs: number, restart: () => Promise<void>): Promise<number> {
  let restarted: Promise<number> | null = null;
  const life = new Life(api, name, true, {
    region: 'local-docker',
    onStage: (now) => {
      if (now === stage) restarted = sleep(afterMs).then(restart).then(Date.now);
    },
  });
  await life.run(SETTLE_MS);
  return restarted!;
}

/** A fast shutdown, as an administrator does it; the launcher starts it again. */
async function restartPostgres(system: RunningSystem): Promise<void> {
  const postmaster = postmasterOf(system)!;
  signalProcess(postmaster, 'SIGINT');
  await until(() => !isAlive(postmaster), 'Postgres to end', SETTLE_MS);
  await until(() => postmasterOf(system) !== null, 'Postgres to be back', SETTLE_MS);
}

/** What was queued is gone. */
async function restartRedis(redis: TestRedis): Promise<void> {
  await redis.restart();
}

/** Containers end with it, and come back with it. */
async function restartEngine(host: string): Promise<void> {
  const folder = dirname(host.slice('unix://'.length));
  const pidFile = join(folder, 'docker.pid');
  if (!existsSync(pidFile)) throw new Error(`${host} is not an engine of scripts/ci/dockerd.sh: ${pidFile} is not there`);
  const engine = identify(Number(readFileSync(pidFile, 'utf8')))!;
  signalProcess(engine, 'SIGTERM');
  await until(() => !isAlive(engine), 'the engine to end', SETTLE_MS);
  const { ok, output } = await runStep('bash', [inRoot('scripts/ci/dockerd.sh'), folder]);
  if (!ok) throw new Error(`the engine does not come back: ${output}`);
}
