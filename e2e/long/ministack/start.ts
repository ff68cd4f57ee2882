/** Ministack, where the engine's containers reach it: at the gateway of the default bridge. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { outputOf } from '../../../scripts/lib/run-step.ts';
import { until } from '../../support/clients.ts';
import { freePorts } from '../../support/system.ts';

export interface Ministack {
  /** What a process needs to take it for AWS. */
  environment: Record<string, string>;
  /** What signs for its databases and caches, PEM. */
  authorities: string;
  /** What it tells of itself, at this path. */
  get(path: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startMinistack(host: string, log: string): Promise<Ministack> {
  const python = process.env['MINISTACK_PYTHON'] ?? (await makePython());
  const port = await freePorts(1);
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, 'w');
  const home = mkdtempSync(join(tmpdir(), 'rookery-ministack-home-'));
  const environment = {
    AWS_ENDPOINT_URL: `http://${host}:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const server = spawn(python, [inRoot('scripts/ci/ministack-server.py')], {
    stdio: ['ignore', out, out],
    cwd: home,
    env: {
      ...process.env,
      HOME: home,
      BIND_HOST: host,
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: environment.AWS_REGION,
      // Databases and caches answer at their own addresses and ports, as they do in a network of AWS.
      DOCKER_NETWORK: 'bridge',
      IOT_MTLS_ENABLED: '0',
    },
  });
  const exited = new Promise((done) => server.once('exit', done));
  const stop = async () => {
    if (server.exitCode === null) server.kill('SIGTERM');
    await exited;
    rmSync(home, { recursive: true, force: true });
  };
  const get = async (path: string) => {
    const answer = await fetch(`${environment.AWS_ENDPOINT_URL}${path}`);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.text();
  };
  const answers = () =>
    get('/_ministack/health').then(
      () => true,
      () => false,
    );
  try {
    await until(answers, 'ministack to answer', 60_000);
    const authorities = await Promise.all(['rds', 'elasticache'].map((name) => get(`/_ministack/${name}/ca.pem`)));
    return { environment, authorities: authorities.join('\n'), get, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makePython(): Promise<string> {
  return (await outputOf('bash', [inRoot('scripts/ci/ministack.sh'), inRoot('.cache', 'ministack')])).trim().split('\n').at(-1)!;
}
