/** The worker itself, killed with `kill -9` while it makes an export: the next one makes it, whole and once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportFolder, exportObject } from '@rookery/contracts/exports';
import { openReconcileQueue, type ReconcileQueue } from '@rookery/db/queue';
import { Envelope } from '@rookery/service-kit/envelope';
import { openObjectStore } from '@rookery/service-kit/open-object-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addExport, addWrites, exportRow, linesOf } from '../test-support/exports.js';
import { type Installation, startInstallation } from '../test-support/installation.js';

const WORKER = join(import.meta.dirname, '../../dist/worker.js');
const ROWS = 2_000;
const key = Buffer.alloc(32, 4);
const envelope = new Envelope(key);

describe('a worker that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rk-exports-killed-'));
  const store = openObjectStore(join(folder, 'exports'));
  const failpoint = join(folder, 'failpoint');
  let installation: Installation;
  let queue: ReconcileQueue;
  let organizationId: string;

  const startWorker = (): ChildProcess =>
    spawn(process.execPath, [WORKER], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PROVISIONER_DATABASE_URL: installation.database.provisionerUrl,
        JOBS_DATABASE_URL: installation.database.jobsUrl,
        KEK: key.toString('base64'),
        ROOKERY_EXPORTS: join(folder, 'exports'),
        ROOKERY_FAILPOINT_FILE: failpoint,
        ROOKERY_RESYNC_SECONDS: '1',
        LOG_LEVEL: 'silent',
      },
      stdio: 'ignore',
    });
  const ended = (worker: ChildProcess) => new Promise<NodeJS.Signals | null>((done) => worker.once('exit', (_, signal) => done(signal)));

  beforeAll(async () => {
    expect(existsSync(WORKER), 'run the build first').toBe(true);
    installation = await startInstallation();
    ({ organizationId } = await installation.addOrganization());
    await addWrites(installation, organizationId, ROWS);
    queue = openReconcileQueue({ jobsUrl: installation.database.jobsUrl, onError: () => {} });
  });
  afterAll(async () => {
    await queue.close();
    await installation.close();
    rmSync(folder, { recursive: true });
  });

  it.each(['export-claimed', 'exporting', 'export-written'])(
    'at %s leaves an export that another one makes whole, and nothing else',
    async (place) => {
      writeFileSync(failpoint, place);
      const exportId = await addExport(installation, organizationId);
      const first = startWorker();
      const death = ended(first);
      await queue.lookAtExports();
      expect(await death).toBe('SIGKILL');
      expect(await exportRow(installation, exportId)).toMatchObject({ state: 'RUNNING', sealed_key: null, attempts: 1 });

      const second = startWorker();
      const end = ended(second);
      await expect.poll(async () => (await exportRow(installation, exportId)).state, { timeout: 30_000 }).toBe('READY');
      const made = { organizationId, exportId };
      expect(await exportRow(installation, exportId)).toMatchObject({ attempts: 2, rows: ROWS, error_code: null });
      expect(await linesOf(installation, { store, envelope }, made)).toHaveLength(ROWS);
      await expect.poll(() => readdirSync(join(folder, 'exports', exportFolder(made)))).toEqual(['2.sealed']);
      expect(await store.list(exportFolder(made))).toEqual([exportObject(made, 2)]);
      second.kill('SIGTERM');
      await end;
    },
    90_000,
  );
});
