/** Whether rows and processes tell the same story. */
import type { Cloud } from '../support/cloud.ts';
import type { Api } from '../support/api.ts';
import { allRuntimes } from '../support/runtimes.ts';
import type { RunningSystem } from '../support/system.ts';

const OPEN = ['PENDING', 'RUNNING'];
const AT_REST = ['RUNNING', 'ASLEEP', 'STOPPED'];

/**
 * No operation open, runtimes exactly those of the rows that run, here and on the machines of a cloud. False as well while
 * the api cannot be asked.
 */
export async function settled(system: RunningSystem, api: Api, cloud: Cloud | null = null): Promise<boolean> {
  const data = await api
    .query('{ operations(first: 50) { nodes { state } } deployments(first: 100) { nodes { id phase } } }')
    .catch(() => null);
  if (data === null) return false;
  const rows = data.deployments.nodes as { id: string; phase: string }[];
  const running = rows.filter((row) => row.phase === 'RUNNING').map((row) => row.id);
  return (
    data.operations.nodes.every((operation: { state: string }) => !OPEN.includes(operation.state)) &&
    rows.every((row) => AT_REST.includes(row.phase)) &&
    JSON.stringify(running.sort()) === JSON.stringify([...brokersOf(system), ...(cloud?.brokers() ?? [])].sort())
  );
}

/** Looks all the time for two runtimes of one deployment. */
export function watchForDoubles(system: RunningSystem): { stop(): string[] } {
  const found = new Set<string>();
  const timer = setInterval(() => {
    const ids = brokersOf(system);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.add(id);
  }, 50);
  return {
    stop: () => {
      clearInterval(timer);
      return [...found];
    },
  };
}

function brokersOf(system: RunningSystem): string[] {
  return allRuntimes(system.home)
    .filter((runtime) => runtime.broker)
    .map((runtime) => runtime.deploymentId);
}
