/** A Redis for tests, where one is installed. Without it tests skip and say so; ROOKERY_REQUIRE=all makes that a failure. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { skip } from '@rookery/service-kit/test-support/skip';

export interface TestRedis {
  url: string;
  /** Dies and comes back at the same address, with nothing of what it held. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Null when none is installed. */
export async function redisForTests(): Promise<TestRedis | null> {
  const binary = ['valkey-server', 'redis-server'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (binary === undefined) return skip('neither valkey-server nor redis-server is installed');
  const home = mkdtempSync(join(tmpdir(), 'rookery-redis-'));
  const port = 30_000 + Math.floor(Math.random() * 10_000);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', home];
  let end = await start(binary, args, port);
  return {
    url: `redis://127.0.0.1:${port}`,
    restart: async () => {
      await end();
      end = await start(binary, args, port);
    },
    stop: async () => {
      await end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Resolves, when it answers, to what ends it. */
async function start(binary: string, args: readonly string[], port: number): Promise<() => Promise<void>> {
  const server = spawn(binary, args, { stdio: 'ignore' });
  const exited = new Promise<void>((done) => server.once('exit', () => done()));
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`${binary} ended with ${server.exitCode}`);
    await sleep(20);
  }
  return async () => {
    server.kill('SIGKILL');
    await exited;
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('error', () => done(false));
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
  });
}
