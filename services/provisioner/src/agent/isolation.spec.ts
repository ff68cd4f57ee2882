import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataDirInside, isolate, type Launch, type ProcessIsolation } from './isolation.js';

const isRoot = process.getuid?.() === 0;

/** A program that tries what a tenant must not do, and says what worked. */
const PROBE = `
import { readFileSync, writeFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
const [dataDir, secretFile, port] = process.argv.slice(2);
const attempt = (work) => { try { work(); return true; } catch { return false; } };
const network = await new Promise((resolve) => {
  const socket = connect(Number(port), '127.0.0.1', () => resolve(true));
  socket.on('error', () => resolve(false));
});
console.log(JSON.stringify({
  readsOtherTenant: attempt(() => readFileSync(secretFile)),
  writesOwnData: attempt(() => writeFileSync(dataDir + '/own', 'x')),
  writesSystem: attempt(() => { writeFileSync('/usr/escaped', 'x'); rmSync('/usr/escaped'); }),
  seesOtherProcesses: attempt(() => { if (!readdirSync('/proc').some((name) => name === '${process.pid}')) throw new Error(); }),
  network,
}));
process.exit(0);
`;

interface Outcome {
  readsOtherTenant: boolean;
  writesOwnData: boolean;
  writesSystem: boolean;
  seesOtherProcesses: boolean;
  network: boolean;
}

describe('isolation ladder', () => {
  let folder: string;
  let port: number;
  let server: import('node:net').Server;

  beforeAll(async () => {
    const { createServer } = await import('node:net');
    folder = mkdtempSync(join(tmpdir(), 'rookery-iso-'));
    chmodSync(folder, 0o711);
    mkdirSync(join(folder, 'program'));
    writeFileSync(join(folder, 'program', 'probe.mjs'), PROBE, { mode: 0o644 });
    mkdirSync(join(folder, 'other'), { mode: 0o700 });
    writeFileSync(join(folder, 'other', 'secret'), 'x', { mode: 0o600 });
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as import('node:net').AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(level: ProcessIsolation): Outcome | string {
    const uid = isRoot ? 234_567 : null;
    const dataDir = join(folder, `data-${level}`);
    const runDir = join(folder, `run-${level}`);
    mkdirSync(dataDir, { recursive: true });
    mkdirSync(join(runDir, 'data'), { recursive: true });
    if (isRoot && (level === 'unshare' || level === 'setpriv')) spawnSync('chown', [String(uid), dataDir]);
    const launch: Launch = {
      node: process.execPath,
      entry: join(folder, 'program', 'probe.mjs'),
      args: [dataDirInside(level, { dataDir, runDir, uid }), join(folder, 'other', 'secret'), String(port)],
      dataDir,
      runDir,
      uid,
    };
    const { file, args } = isolate(level, launch);
    const result = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'], timeout: 15_000 });
    return result.status === 0 ? (JSON.parse(result.stdout) as Outcome) : `${result.error?.message ?? ''}${result.stderr}`;
  }

  it('bubblewrap: own data, and nothing else of the machine', ({ skip }) => {
    if (spawnSync('bwrap', ['--version']).status !== 0) return skip('bubblewrap is not installed');
    expect(run('bubblewrap')).toEqual({
      readsOtherTenant: false,
      writesOwnData: true,
      writesSystem: false,
      seesOtherProcesses: false,
      network: false,
    });
  });

  it('unshare: no network; as root no files of others either', ({ skip }) => {
    const outcome = run('unshare');
    if (typeof outcome === 'string') return skip(`namespaces are not available here: ${outcome.trim().slice(0, 80)}`);
    expect(outcome).toMatchObject({ writesOwnData: true, network: false, readsOtherTenant: !isRoot });
  });

  it('setpriv: another user, so no files of others', ({ skip }) => {
    if (!isRoot) return skip('setpriv needs root');
    expect(run('setpriv')).toMatchObject({ writesOwnData: true, writesSystem: false, readsOtherTenant: false });
  });

  it('plain walls nothing off, which is why a second organization is refused there', () => {
    expect(run('plain')).toMatchObject({ writesOwnData: true, readsOtherTenant: true, network: true });
  });
});
