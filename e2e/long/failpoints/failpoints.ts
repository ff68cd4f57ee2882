/**
 * `kill -9` of the worker and of terraform at every place where it matters, three times each, for every kind of cell.
 * Afterwards there is one set of resources for each row and no other, no operation is open, nothing is claimed or locked.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../../support/api.ts';
import { until } from '../../support/clients.ts';
import { docker, managedBy } from '../../support/containers.ts';
import { freePorts, keepLogs, type RunningSystem, startSystem } from '../../support/system.ts';
import { complaints } from '../complaints.ts';
import { Life, type Stage } from '../life.ts';
import { settled } from '../settled.ts';
import { Ledger } from '../../support/ledger.ts';
import { POINTS, type Point } from './points.ts';
import { writeTerraformWrapper } from './terraform-wrapper.ts';

const SETTLE_MS = 120_000;
const REGIONS = { process: 'local', docker: 'local-docker' } as const;
type Kind = keyof typeof REGIONS;

export interface FailpointOptions {
  /** Deaths per place. */
  rounds: number;
  /** Which places: all of them, or every so many (a slice, moved along by the seed). */
  every: number;
  seed: number;
  say: (line: string) => void;
}

interface Rig {
  system: RunningSystem;
  api: Api;
  ledger: Ledger;
  failpointFile: string;
}

export async function failpoints({ rounds, every, seed, say }: FailpointOptions): Promise<void> {
  const host = process.env['DOCKER_HOST'];
  const kinds: Kind[] = host === undefined ? ['process'] : ['process', 'docker'];
  if (host === undefined) say('DOCKER_HOST is not set: no containers, only processes');
  const folder = mkdtempSync(join(tmpdir(), 'rookery-failpoints-'));
  const failpointFile = join(folder, 'failpoint');
  const terraform = writeTerraformWrapper(folder, process.env['TERRAFORM_BIN'] ?? 'terraform', failpointFile);
  const ports = await freePorts(50);
  const ofDocker = {
    ROOKERY_DOCKER: 'auto',
    DOCKER_HOST: host!,
    TERRAFORM_BIN: terraform,
    ROOKERY_DOCKER_MQTT_PORTS: `${ports}-${ports + 49}`,
  };
  const system = await startSystem({ ROOKERY_FAILPOINT_FILE: failpointFile, ...(host === undefined ? {} : ofDocker) });
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  const ledger = new Ledger(system);
  let deaths = 0;
  try {
    if (host !== undefined) await api.untilRegion(REGIONS.docker);
    for (const kind of kinds)
      for (const [index, [point, stages]] of Object.entries(POINTS[kind]).entries()) {
        if ((index + seed) % every !== 0) continue;
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const stage = stages[round % stages.length]!;
          // Once the run folder goes too, as with a worker whose machine is lost.
          const folderLost = kind === 'docker' && round === rounds - 1;
          times.push(await oneDeath({ system, api, ledger, failpointFile }, { kind, point: point as Point, stage, round, folderLost }));
          deaths++;
        }
        say(`${kind}, ${point}: ${rounds} deaths, all well ${times.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')} later`);
      }
    say(`${deaths} deaths: one set of resources each, 0 orphans, 0 stuck operations, 0 claims or locks left`);
  } catch (error) {
    say(`logs kept in ${keepLogs(system, 'failpoints')}`);
    throw error;
  } finally {
    await ledger.close();
    await system.stop();
    if (host !== undefined) for (const { Id } of await managedBy(system)) await docker('rm', '--force', Id);
    system.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Death {
  kind: Kind;
  point: Point;
  stage: Stage;
  round: number;
  folderLost: boolean;
}

/** Resolves to how long after the death all was well, ms. */
async function oneDeath({ system, api, ledger, failpointFile }: Rig, { kind, point, stage, round, folderLost }: Death): Promise<number> {
  const title = `${kind}, ${point} in ${stage}`;
  let diedAt: number | null = null;
  const life = new Life(api, `${kind}-${point}-${round}-${stage}`, true, {
    region: REGIONS[kind],
    onStage: (now) => {
      if (now === stage) writeFileSync(failpointFile, point);
    },
  });
  const watch = setInterval(() => {
    if (diedAt !== null || life.stage !== stage || existsSync(failpointFile)) return;
    if (life.id === null && stage !== 'create') return;
    diedAt = Date.now();
    if (folderLost && life.id !== null) rmSync(join(system.home, 'terraform', life.id), { recursive: true, force: true });
  }, 5);
  try {
    await life.run(SETTLE_MS);
    if (existsSync(failpointFile)) throw new Error(`${title}: nothing came by this place`);
    await until(
      async () => (await settled(system, api)) && (await complaints(system, ledger)).length === 0,
      `all to be well after ${title}`,
      SETTLE_MS,
    );
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}; ${(await complaints(system, ledger)).join(', ')}`, { cause: error });
  } finally {
    clearInterval(watch);
    rmSync(failpointFile, { force: true });
  }
  return Date.now() - (diedAt ?? Date.now());
}
