/**
 * `kill -9` of the worker and of terraform at every place where it matters, several times each, for every kind of cell.
 * While it is there a deployment has one set of resources; afterwards there is none and no other, no operation is open,
 * nothing is claimed or locked.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../support/api.ts';
import { until } from '../../support/clients.ts';
import type { Cloud } from '../../support/cloud.ts';
import { keepLogs, type RunningSystem } from '../../support/system.ts';
import { Ledger } from '../../support/ledger.ts';
import { complaints } from '../complaints.ts';
import { Life, type Stage } from '../life.ts';
import { settled } from '../settled.ts';
import { KINDS, type Kind, POINTS, type Point } from './points.ts';
import { endRuns, onAws, onThisMachine, type Place, PLACES } from './places.ts';

export interface FailpointOptions {
  /** Deaths per place. */
  rounds: number;
  /** Which places: all of them, or every so many (a slice, moved along by the seed). */
  every: number;
  seed: number;
  /** By default all whose outside world is here. */
  kinds?: readonly Kind[];
  say: (line: string) => void;
}

interface Rig {
  system: RunningSystem;
  api: Api;
  ledger: Ledger;
  cloud: Cloud | null;
  failpointFile: string;
}

export async function failpoints({ kinds = KINDS, ...options }: FailpointOptions): Promise<void> {
  const here = kinds.filter((kind) => kind === 'process' || (kind === 'docker' && process.env['DOCKER_HOST'] !== undefined));
  if (kinds.includes('docker') && !here.includes('docker')) {
    // Where nothing else was asked for, that nothing was killed must not look like a success.
    if (kinds.length === 1) throw new Error('Set DOCKER_HOST to an engine: containers are made there.');
    options.say('DOCKER_HOST is not set: no containers');
  }
  if (here.length > 0) await inPlace((folder, file) => onThisMachine(folder, file, here.includes('docker')), here, options);
  if (kinds.includes('aws')) await inPlace(onAws, ['aws'], options);
}

async function inPlace(
  open: (folder: string, failpointFile: string) => Promise<Place>,
  kinds: readonly Kind[],
  { rounds, every, seed, say }: Omit<FailpointOptions, 'kinds'>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-failpoints-'));
  const failpointFile = join(folder, 'failpoint');
  const place = await open(folder, failpointFile);
  const ledger = new Ledger(place.system);
  const rig = { ...place, ledger, failpointFile };
  let deaths = 0;
  try {
    for (const kind of kinds)
      for (const [index, [point, stages]] of Object.entries(POINTS[kind]).entries()) {
        if ((index + seed) % every !== 0) continue;
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const stage = stages[round % stages.length]!;
          // Once the run folder goes too, as with a worker whose machine is lost.
          const folderLost = kind !== 'process' && (rounds === 1 ? index % 2 === 0 : round === rounds - 1);
          times.push(await oneDeath(rig, { kind, point: point as Point, stage, round, folderLost }));
          deaths++;
        }
        say(`${kind}, ${point}: ${rounds} deaths, all well ${times.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')} later`);
      }
    say(`${kinds.join(', ')}: ${deaths} deaths: one set of resources each, 0 orphans, 0 stuck operations, 0 claims or locks left`);
  } catch (error) {
    say(`logs kept in ${keepLogs(place.system, `failpoints-${kinds.join('-')}`)}`);
    throw error;
  } finally {
    await ledger.close();
    await place.close();
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
async function oneDeath(rig: Rig, { kind, point, stage, round, folderLost }: Death): Promise<number> {
  const { system, api, ledger, cloud, failpointFile } = rig;
  const { region, settleMs } = PLACES[kind];
  const title = `${kind}, ${point} in ${stage}${folderLost ? ', its run folder lost' : ''}`;
  let armed = false;
  let diedAt: number | null = null;
  const life: Life = new Life(api, `${kind}-${point}-${round}-${stage}`, true, {
    region,
    onStage: async (now) => {
      const odd = now === 'create' || cloud === null ? [] : await cloud.notOne(life.id!);
      if (odd.length > 0) throw new Error(`before its ${now} there is ${odd.join(', ')}`);
      if (now !== stage) return;
      writeFileSync(failpointFile, point);
      armed = true;
    },
  });
  const watch = setInterval(() => {
    if (diedAt !== null || !armed || life.stage !== stage || existsSync(failpointFile)) return;
    if (life.id === null && stage !== 'create') return;
    diedAt = Date.now();
    if (!folderLost || life.id === null) return;
    const run = join(system.home, 'terraform', life.id);
    // What ran on that machine is lost with it. An engine would forgive it; a machine of AWS that nobody waits for is paid for.
    if (kind === 'aws') endRuns(run);
    rmSync(run, { recursive: true, force: true });
  }, 5);
  const isWell = async () => (await settled(system, api, cloud)) && (await complaints(system, ledger, cloud)).length === 0;
  try {
    await life.run(settleMs);
    if (existsSync(failpointFile)) throw new Error(`${title}: nothing came by this place`);
    await until(isWell, `all to be well after ${title}`, settleMs);
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}; ${(await complaints(system, ledger, cloud)).join(', ')}`, { cause: error });
  } finally {
    clearInterval(watch);
    rmSync(failpointFile, { force: true });
  }
  return Date.now() - (diedAt ?? Date.now());
}
