/** What a machine says of itself when it joins, as its row keeps it. */
import type { JoinRequest } from '@rookery/contracts/machine-protocol';
import type { Database } from '@rookery/db/pool';
import { cells, machines } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { sql } from 'drizzle-orm';

export type MachinesTx = Parameters<Parameters<Database['transaction']>[0]>[0];
type Cell = typeof cells.$inferSelect;

/** A machine that comes again keeps its id; what it says of itself now counts. */
export async function saveMachine(tx: MachinesTx, machineId: string, cell: Cell, request: JoinRequest): Promise<void> {
  const facts = { cellId: cell.id, ...factsOf(request), seenAt: sql`now()`, lostAt: null };
  await tx
    .insert(machines)
    .values({ id: machineId, ...facts })
    .onConflictDoUpdate({ target: machines.id, set: facts });
}

/** Throws BAD_REQUEST where the machine is not of the cell's kind. */
export function requireKind(cell: Cell, request: JoinRequest): void {
  const kind = kindOf(request);
  // What Terraform makes for a cell of kind aws is an ordinary machine to the agent.
  if (cell.kind === kind || (cell.kind === 'aws' && kind === 'machine')) return;
  const message = `cell ${cell.name} is of kind ${cell.kind}; a machine of kind ${kind} needs a cell of its own`;
  throw new AppError('BAD_REQUEST', { message, path: ['cell'] });
}

/** Throws BAD_REQUEST where the machine names another cell than the one that it may be in. */
export function requireCell(cell: Cell, request: JoinRequest): void {
  requireKind(cell, request);
  if (cell.regionId === request.region && cell.name === request.cell) return;
  const message = `the machine calls itself one of ${request.region}/${request.cell}, but may only be in ${cell.regionId}/${cell.name}`;
  throw new AppError('BAD_REQUEST', { message, path: ['cell'] });
}

export function kindOf(request: JoinRequest) {
  return request.docker === null ? ('machine' as const) : ('docker' as const);
}

function factsOf(request: JoinRequest) {
  return {
    name: request.name,
    isolation: request.isolation,
    runtimeVersion: request.runtimeVersion,
    host: request.host,
    domain: request.domain,
    docker: request.docker,
    processors: request.processors,
    mqttPortFirst: request.mqttPorts.first,
    mqttPortLast: request.mqttPorts.last,
    sharedMqttsPort: request.sharedPorts?.mqtts ?? null,
    sharedWssPort: request.sharedPorts?.wss ?? null,
  };
}
