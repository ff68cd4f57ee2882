/** A tenant whose runtime has code of ours run in it, in its sandbox, which waits for orders: inside.mjs. */
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../../support/api.ts';
import { containersOf, docker } from '../../support/containers.ts';
import { freePorts, type RunningSystem } from '../../support/system.ts';

const STORE_BYTES_MAX = 64 * 2 ** 20;
const INSIDE = join(import.meta.dirname, 'inside.mjs');
/** The timer of the code alone would keep no process alive; this one ends before the next round. */
const EXEC = "setTimeout(() => process.exit(), 15000); import('/var/lib/rookery/inside.mjs');";

export type Kind = 'process' | 'container';
export const KIND_REGIONS: Record<Kind, string> = { process: 'local', container: 'local-docker' };

/** Containers where DOCKER_HOST names an engine. */
export function kindsHere(): Kind[] {
  return process.env['DOCKER_HOST'] === undefined ? ['process'] : ['process', 'container'];
}

/** What a system is started with to have all these kinds. */
export async function dockerSettings(): Promise<Record<string, string>> {
  const host = process.env['DOCKER_HOST'];
  if (host === undefined) return {};
  const first = await freePorts(50);
  return { ROOKERY_DOCKER: 'auto', DOCKER_HOST: host, ROOKERY_DOCKER_MQTT_PORTS: `${first}-${first + 49}` };
}

export interface Tenant {
  kind: Kind;
  id: string;
  dataFolder: string;
  /** From now on an order is heard. */
  listen(): Promise<void>;
  order(name: string): void;
  callOff(): void;
}

/** Every runtime that is started from now on as a process carries the code; it does nothing without an order. */
export function carryCode(system: RunningSystem): void {
  const bundles = join(system.home, 'machine/bundles');
  for (const version of readdirSync(bundles)) {
    const entry = join(bundles, version, 'runtime.mjs');
    copyFileSync(INSIDE, join(bundles, version, 'inside.mjs'));
    writeFileSync(entry, `import './inside.mjs';\n${readFileSync(entry, 'utf8')}`);
  }
}

export function machineFolder(system: RunningSystem, kind: Kind): string {
  return join(system.home, kind === 'process' ? 'machine' : 'docker-machine');
}

export async function takeOver(system: RunningSystem, api: Api, kind: Kind): Promise<Tenant> {
  const { id } = await api.deploy('taken-over', { region: KIND_REGIONS[kind] });
  const operator = new Api(system.ready.graphqlUrl, system.login.apiKey);
  await operator.mutate('setDeploymentQuotas', 'deployment { id }', { deploymentId: id, quotas: { storeBytesMax: STORE_BYTES_MAX } });
  await api.untilApplied(id);
  const dataFolder = join(machineFolder(system, kind), 'deployments', id, 'data');
  if (!existsSync(dataFolder)) throw new Error(`${dataFolder} is not there`);
  if (existsSync(`${dataFolder}.img`)) await makeSmall(api, id, `${dataFolder}.img`);
  const listen = async () => {
    if (kind === 'process') return;
    copyFileSync(INSIDE, join(dataFolder, 'inside.mjs'));
    const [container] = await containersOf(`rookery.deployment=${id}`);
    await docker('exec', '--detach', container!.Id, 'node', '-e', EXEC, '--', '--data', '/var/lib/rookery');
  };
  const order = (name: string) => {
    rmSync(join(dataFolder, 'reached'), { force: true });
    writeFileSync(join(dataFolder, 'order'), name);
  };
  return { kind, id, dataFolder, listen, order, callOff: () => rmSync(join(dataFolder, 'order'), { force: true }) };
}

/** An image keeps the room of the plan that it was made for: another one is made. */
async function makeSmall(api: Api, id: string, image: string): Promise<void> {
  const finish = async (mutation: 'stopDeployment' | 'startDeployment') =>
    api.operation((await api.mutate(mutation, 'operation { id }', { id })).operation.id);
  await finish('stopDeployment');
  rmSync(image);
  await finish('startDeployment');
}

/** Null: no order was heard yet. */
export function readReached({ dataFolder }: Tenant): any {
  const file = join(dataFolder, 'reached');
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return text === '' ? null : JSON.parse(text);
}
