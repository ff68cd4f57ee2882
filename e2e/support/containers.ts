/** Containers as the docker command sees them: what is there, whatever anybody believes. */
import { runStep } from '../../scripts/lib/run-step.ts';

export interface Inspected {
  Id: string;
  State: { Status: string };
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: Record<string, unknown> & { Memory: number; MemorySwap: number };
}

/** Every container with this label, running or not. */
export async function containersOf(label: string): Promise<Inspected[]> {
  const ids = (await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`)).split('\n').filter((id) => id !== '');
  return ids.length === 0 ? [] : (JSON.parse(await docker('inspect', ...ids)) as Inspected[]);
}

export async function docker(...args: string[]): Promise<string> {
  const { ok, output } = await runStep('docker', args);
  if (!ok) throw new Error(`docker ${args.join(' ')}: ${output}`);
  return output.trim();
}
