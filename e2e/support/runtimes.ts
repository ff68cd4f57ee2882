/** The processes of runtimes, found by what /proc says, not by what the agent believes. */
import { readdirSync } from 'node:fs';
import { runFolder } from '../../scripts/launcher/settings.ts';
import { argumentsOf, identify, type ProcessIdentity } from '@rookery/service-kit/processes';
import type { RunningSystem } from './system.ts';

export interface RuntimeOnMachine extends ProcessIdentity {
  deploymentId: string;
  /** The broker itself, not the sandbox around it. */
  broker: boolean;
}

/** Every process of this system's runtimes, sandboxes included. */
export function allRuntimes(home: string): RuntimeOnMachine[] {
  return runtimesBelow(`${runFolder(home)}/m/`);
}

/** Of the machine whose run folder this is. */
export function runtimesBelow(marker: string): RuntimeOnMachine[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const args = argumentsOf(entry);
    const at = args.indexOf('--deployment');
    if (at === -1 || !args.some((argument) => argument.startsWith(marker))) return [];
    const identity = identify(Number(entry));
    return identity === null ? [] : [{ ...identity, deploymentId: args[at + 1]!, broker: /(^|\/)node[^/]*$/.test(args[0]!) }];
  });
}

export function runtimeProcesses(system: Pick<RunningSystem, 'home'>, deploymentId: string): RuntimeOnMachine[] {
  return allRuntimes(system.home).filter((runtime) => runtime.deploymentId === deploymentId);
}
