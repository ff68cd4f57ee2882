/**
 * Moto, which answers in AWS's place, for tests: a server of its own per caller. Without it tests skip and say so;
 * ROOKERY_REQUIRE=all makes that a failure. MOTO_PYTHON names a Python that has it (scripts/ci/moto.sh makes one).
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { skip } from './skip.js';

const SERVER = join(import.meta.dirname, '../../../../scripts/ci/moto-server.py');
const READY_MS_MAX = 90_000;

export interface Moto {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  pid: number;
  /** Answers nothing until {@link resume}: an outage. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** What a process needs to take moto for AWS. */
export function motoEnvironment({ url }: Pick<Moto, 'url'>): Record<string, string> {
  return { AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
}

/**
 * Null when moto is not installed. Sets this process's own environment too, so that its SDK clients go there. `host`: an
 * address of this machine at which others reach it.
 */
export async function motoForTests(host = '127.0.0.1'): Promise<Moto | null> {
  const python = process.env['MOTO_PYTHON'] ?? 'python3';
  if (spawnSync(python, ['-c', 'import moto.server'], { stdio: 'ignore' }).status !== 0) return skip('moto is not installed');
  const port = await freePort(host);
  const log = join(mkdtempSync(join(tmpdir(), 'rk-moto-')), 'log');
  const out = openSync(log, 'w');
  const server = spawn(python, [SERVER, '-H', host, '-p', String(port)], {
    stdio: ['ignore', out, out],
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
  });
  const exited = new Promise<void>((done) => server.once('exit', () => done()));
  const url = `http://${host}:${port}`;
  for (const started = Date.now(); !(await answers(url)); await sleep(50))
    if (server.exitCode !== null || Date.now() - started > READY_MS_MAX) {
      server.kill('SIGKILL');
      throw new Error(`moto does not start:\n${readFileSync(log, 'utf8')}`);
    }
  Object.assign(process.env, motoEnvironment({ url }));
  return {
    url,
    pid: server.pid!,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: async () => {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
