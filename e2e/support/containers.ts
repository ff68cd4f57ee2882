/** Containers as the docker command sees them: what is there, whatever anybody believes. */
import { outputOf } from '../../scripts/lib/run-step.ts';
import type { RunningSystem } from './system.ts';

export interface Inspected {
  Id: string;
  State: { Status: string };
  NetworkSettings: { IPAddress: string };
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: Record<string, unknown> & { Memory: number; MemorySwap: number };
}

/** Every container with this label, running or not. */
export async function containersOf(label: string): Promise<Inspected[]> {
  const ids = (await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`)).split('\n').filter((id) => id !== '');
  return ids.length === 0 ? [] : (JSON.parse(await docker('inspect', ...ids)) as Inspected[]);
}

/** The containers that Terraform made for the first organization of a system. */
export async function managedBy({ login }: RunningSystem): Promise<Inspected[]> {
  const all = await containersOf('rookery.managed=terraform');
  return all.filter(({ Config }) => Config.Labels['rookery.organization'] === login.organizationId);
}

export async function docker(...args: string[]): Promise<string> {
  return (await outputOf('docker', args)).trim();
}
