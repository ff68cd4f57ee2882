import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { readLock, stopOldServer } from './postmaster.js';

const home = mkdtempSync(join(tmpdir(), 'rookery db '));
const dataDir = join(home, 'x'.repeat(150), 'postgres');
const running: EmbeddedPostgres[] = [];

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, superuserPassword: `it's "odd"/@` });
  running.push(server);
  return server;
}

async function ask(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

afterAll(async () => {
  for (const server of running) await server.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('embedded postgres', () => {
  it('starts in a long path with a space, on a unix socket alone', async () => {
    const server = await start();
    expect(await ask(server, 'SELECT inet_server_addr() AS address')).toEqual([{ address: null }]);
    const open = spawnSync('ss', ['-ltnpH'], { encoding: 'utf8' }).stdout ?? '';
    expect(open).not.toContain(`pid=${server.pid},`);
    await ask(server, 'CREATE TABLE kept (n int); ');
  });

  it('takes over from a server whose launcher was killed, and keeps what was committed', async () => {
    const old = running.at(-1)!;
    await ask(old, 'INSERT INTO kept VALUES (1)');
    const server = await start();
    await old.exited;
    expect(server.pid).not.toBe(old.pid);
    expect(await ask(server, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('comes back after its postmaster was killed with a lock left behind', async () => {
    const old = running.at(-1)!;
    process.kill(old.pid, 'SIGKILL');
    await old.exited;
    expect(readLock(dataDir)?.pid).toBe(old.pid);
    const server = await start();
    expect(await ask(server, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('starts from nothing when the first start was killed half way', async () => {
    const server = running.at(-1)!;
    await server.stop();
    rmSync(dataDir, { recursive: true });
    mkdirSync(join(dataDir, '..', '.postgres.new', 'cluster'), { recursive: true });
    writeFileSync(join(dataDir, '..', '.postgres.new', 'cluster', 'half'), '');
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, '..', '.postgres.new'))).toBe(false);
  });

  it('never stops a stranger whose process id a stale lock names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-lock-'));
    const stranger: ChildProcess = spawn('sleep', ['30']);
    writeFileSync(join(folder, 'postmaster.pid'), `${stranger.pid}\n${folder}\n`);
    await stopOldServer(folder);
    expect(stranger.exitCode).toBeNull();
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
    expect(readFileSync(`/proc/${stranger.pid}/cmdline`, 'utf8')).toContain('sleep');
    stranger.kill();
    rmSync(folder, { recursive: true });
  });
});
