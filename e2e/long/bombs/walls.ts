/**
 * What code that was taken over reaches from inside a tenant: services of the host, the address at which clouds hand out
 * credentials, sockets and files of the machine, of the control plane and of a neighbour. Nothing may be open. Every door is
 * tried from outside too, where it must be: else the test shows nothing. In a network of its own (see {@link walls}).
 */
import { spawn } from 'node:child_process';
import { accessSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { inRoot, NODE } from '../../../scripts/lib/paths.ts';
import { until } from '../../support/clients.ts';
import { signUp } from '../../support/people.ts';
import { freePorts, type RunningSystem, startSystem } from '../../support/system.ts';
import { carryCode, dockerSettings, type Kind, KIND_REGIONS, kindsHere, machineFolder, readReached, takeOver } from './taken-over.ts';

const METADATA = '169.254.169.254';
const IN_ITS_NETWORK = 'ip link set lo up && ip address add "$1" dev lo && shift && exec "$@"';

type Door = { name: string } & ({ host: string; port: number } | { path: string } | { file: string });

/** Runs {@link lookAround} in a network namespace, where the address of a cloud's metadata is ours to give. Needs root. */
export async function walls(): Promise<void> {
  const program = [NODE, inRoot('e2e/long/bombs/walls-inside.ts')];
  const child = spawn('unshare', ['--net', 'sh', '-c', IN_ITS_NETWORK, 'sh', METADATA, ...program], { stdio: 'inherit' });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`what a tenant reaches was not shown (exit code ${code ?? 'none'})`);
}

export async function lookAround(say: (line: string) => void): Promise<void> {
  const system = await startSystem(await dockerSettings());
  const port = await freePorts(2);
  const services = [
    { host: '127.0.0.1', port },
    { host: METADATA, port: 80 },
  ];
  const servers = services.map(({ host, port }) => createServer((socket) => socket.end()).listen(port, host));
  try {
    for (const kind of kindsHere()) await fromInside(system, kind, services, say);
  } finally {
    for (const server of servers) server.close();
    await system.stop();
    system.remove();
  }
}

async function fromInside(
  system: RunningSystem,
  kind: Kind,
  [service, metadata]: readonly { host: string; port: number }[],
  say: (line: string) => void,
): Promise<void> {
  const [theirs, ours] = [await signUp(system.ready.consoleUrl), await signUp(system.ready.consoleUrl)];
  await ours.untilRegion(KIND_REGIONS[kind]);
  if (kind === 'process') carryCode(system);
  const tenant = await takeOver(system, theirs, kind);
  const neighbour = await ours.deploy('neighbour', { region: KIND_REGIONS[kind] });
  const doors: Door[] = [
    { name: 'a service of the host', ...service! },
    { name: 'the metadata of a cloud', ...metadata! },
    { name: 'the api', host: '127.0.0.1', port: system.ready.ports.http },
    ...socketsIn(system.home, system.run).map((path) => ({ name: 'a socket', path })),
    ...filesOf(system, kind, neighbour.id).map((file) => ({ name: 'a file', file })),
    { name: 'a file', file: '/etc/shadow' },
  ];
  if (kind === 'container') doors.push({ name: 'the engine', path: process.env['DOCKER_HOST']!.replace('unix://', '') });
  const theirOwn = (door: Door) => 'path' in door && door.path.includes(tenant.id.slice('dep_'.length));
  const foreign = doors.filter((door) => !theirOwn(door));
  for (const door of foreign) await mustBeOpenOutside(door);

  writeFileSync(join(tenant.dataFolder, 'doors'), JSON.stringify(foreign));
  await tenant.listen();
  tenant.order('walls');
  await until(() => readReached(tenant)?.answers !== undefined, 'the code inside to have tried every door', 60_000);
  const { answers } = readReached(tenant) as { answers: string[] };
  tenant.callOff();
  const { deployment } = await theirs.query('query ($id: ID!) { deployment(id: $id) { isolation } }', { id: tenant.id });
  const open = foreign.filter((_door, i) => answers[i] === 'open').map((door) => JSON.stringify(door));
  const counted = [...new Set(answers)].map((answer) => `${answers.filter((each) => each === answer).length} × ${answer}`);
  say(`${kind} (${deployment.isolation}): ${foreign.length} doors tried from inside: ${counted.join(', ')}`);
  if (open.length > 0) throw new Error(`open from inside a ${kind}: ${open.join(', ')}`);
  if (answers.length !== foreign.length) throw new Error(`only ${answers.length} of ${foreign.length} doors were tried`);
}

/** Of runtimes, the edge, the agents, the api and the database. */
function socketsIn(...folders: string[]): string[] {
  const found = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)));
  return [...new Set(found)].filter((path) => statSync(path, { throwIfNoEntry: false })?.isSocket());
}

/** Keys, sealed policies, the first log-in, and the neighbour's messages. */
function filesOf(system: RunningSystem, kind: Kind, neighbour: string): string[] {
  const deployments = join(machineFolder(system, kind), 'deployments', neighbour);
  const data = readdirSync(join(deployments, 'data'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    join(system.home, 'first-login.json'),
    join(machineFolder(system, kind), 'machine.key'),
    join(deployments, 'deployment.sealed'),
    ...data.map(({ parentPath, name }) => join(parentPath, name)),
  ];
}

async function mustBeOpenOutside(door: Door): Promise<void> {
  if ('file' in door) return accessSync(door.file);
  await new Promise<void>((open, closed) => {
    const socket = connect(door, () => (open(), socket.destroy()));
    socket.on('error', (error) => closed(new Error(`${JSON.stringify(door)} does not answer outside either: ${error.message}`)));
  });
}
