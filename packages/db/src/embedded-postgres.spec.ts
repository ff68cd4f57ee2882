import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { serverUserFor } from './postgres-user.js';
import { readLock, stopOldServer } from './postmaster.js';
import { superviseEmbeddedPostgres } from './supervised-postgres.js';

const home = mkdtempSync(join(tmpdir(), 'rookery db '));
const dataDir = join(home, 'x'.repeat(150), 'postgres');
const running: EmbeddedPostgres[] = [];

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, superuserPassword: `it's "odd"/@` });
  running.push(server);
  return server;
}

async function ask(server: { ownerUrl: string }, sql: string): Promise<unknown[]> {
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

  it.runIf(process.getuid?.() === 0)('as root takes the first way that the folders and the machine allow', async () => {
    const open = mkdtempSync(join(tmpdir(), 'rookery-open-'));
    chmodSync(open, 0o755);
    const closed = mkdtempSync(join(tmpdir(), 'rookery-closed-'));
    expect(serverUserFor(open, open).rung).toBe('nobody');
    // Inside a chroot there are no user namespaces: a PATH without a working `unshare` stands for one.
    writeFileSync(join(open, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const path = process.env['PATH'];
    process.env['PATH'] = `${open}:${path}`;
    try {
      const server = await startEmbeddedPostgres({ dataDir: join(closed, 'postgres'), superuserPassword: 'x' });
      expect(lstatSync(join(closed, 'postgres')).uid).toBe(65_534);
      expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await server.stop();
    } finally {
      process.env['PATH'] = path;
      for (const folder of [open, closed]) rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is started again when it is supervised, until it is stopped', async () => {
    const troubles: string[] = [];
    const dir = mkdtempSync(join(tmpdir(), 'rookery-supervised-'));
    const server = await superviseEmbeddedPostgres({
      dataDir: join(dir, 'postgres'),
      superuserPassword: 'x',
      onTrouble: (what) => troubles.push(what),
    });
    const first = server.pid;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => server.pid, { timeout: 10_000 }).not.toBe(first);
    await expect.poll(() => ask(server, 'SELECT 1 AS one').catch(() => null), { timeout: 10_000 }).toEqual([{ one: 1 }]);
    await server.stop();
    expect(troubles).toEqual(['The database has died; it is started again.']);
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
    rmSync(dir, { recursive: true });
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
