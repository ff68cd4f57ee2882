/** Who can be killed, and the kill itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity, signalProcess } from '@rookery/service-kit/processes';
import { until } from '../support/clients.ts';
import { allRuntimes } from '../support/runtimes.ts';
import { processesOf, type RunningSystem } from '../support/system.ts';

export const VICTIMS = ['api', 'worker', 'agent', 'edge', 'runtime', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/**
 * `kill -9` of one process of this kind (`pick`, 0 ≤ pick < 1, chooses where there are several), or of every runtime. Resolves to how many were
 * seen to die: 0 while they are being restarted and nobody is there.
 */
export async function killOne(system: RunningSystem, victim: Victim, pick: number): Promise<number> {
  const living = victimsOf(system, victim).filter(isAlive);
  const chosen = victim === 'runtime' ? living : living.slice(Math.floor(pick * living.length)).slice(0, 1);
  for (const target of chosen) signalProcess(target, 'SIGKILL');
  await until(() => !chosen.some(isAlive), `${victim} to die`, 5_000);
  return chosen.length;
}

function victimsOf(system: RunningSystem, victim: Victim): ProcessIdentity[] {
  if (victim === 'runtime') return allRuntimes(system.home).filter((runtime) => runtime.broker);
  if (victim !== 'postgres') return processesOf(system, victim);
  const postmaster = postmasterOf(system);
  return postmaster === null ? [] : [postmaster];
}

/** Null between a death and the next start. */
export function postmasterOf(system: RunningSystem): ProcessIdentity | null {
  try {
    return identify(Number(readFileSync(join(system.home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
