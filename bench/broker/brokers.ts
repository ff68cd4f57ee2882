/** The brokers that are measured, and how each is started: one core, one login, no limits of its own on queues. */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { EDGE_NODE_FLAGS, RUNTIME_NODE_FLAGS } from '../../packages/contracts/src/runtime-flags.ts';
import { DEPLOYMENT, EDGE, loneEdge } from '../../e2e/support/lone-edge.ts';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';
import type { Case } from './cases.ts';
import { type Fixtures, readPem } from './fixtures.ts';
import { PEERS, type PeerConfiguration } from './peers.ts';
import { type Process, startPinned, waitUntilOpen } from './processes.ts';

export interface Running {
  port: number;
  /** Whose CPU and memory count. */
  pids: number[];
  end(): Promise<void>;
}

export interface Contender {
  name: string;
  /** Whether it takes part in a case. */
  serves(tested: Case): boolean;
  start(tested: Case, fixtures: Fixtures): Promise<Running>;
}

const RUNTIME = inRoot('services/broker-runtime/dist/runtime.mjs');
let nextPort = 21_000;

export const US: Contender = {
  name: 'rookery',
  serves: () => true,
  start: (tested, fixtures) => (tested.edge ? startBehindEdge(fixtures) : startRuntime(tested, fixtures)),
};

/** As its agent starts it, with an agent that listens to its reports. */
async function startRuntime(tested: Case, fixtures: Fixtures): Promise<Running> {
  const port = nextPort++;
  const folder = fixtures.freshFolder('rookery');
  const store = tested.durable ? ['--data', join(folder, 'data'), '--durability', 'durable'] : [];
  const runtime = await runtimeWithAgent(fixtures, folder, ['--port', String(port), ...store]);
  await waitUntilOpen({ port });
  return { port, pids: [runtime.pid], end: () => runtime.end() };
}

async function runtimeWithAgent({ policyFile }: Fixtures, folder: string, args: readonly string[]): Promise<Process> {
  const admin = join(folder, 'admin');
  const flags = ['--policy', policyFile, '--admin', admin, '--deployment', DEPLOYMENT, ...args];
  const runtime = startPinned(NODE, [...RUNTIME_NODE_FLAGS, RUNTIME, ...flags]);
  await waitUntilOpen({ path: admin });
  const agent = connect(admin).resume();
  agent.on('error', () => agent.destroy());
  agent.write(`${JSON.stringify({ type: 'hello', protocol: 1 })}\n`);
  return {
    pid: runtime.pid,
    end: async () => {
      agent.destroy();
      await runtime.end();
    },
  };
}

async function startBehindEdge(fixtures: Fixtures): Promise<Running> {
  const port = nextPort++;
  const folder = fixtures.freshFolder('edge');
  const file = (name: string) => join(folder, name);
  const runtime = await runtimeWithAgent(fixtures, folder, ['--unix', file('runtime'), '--proxy-protocol']);
  await waitUntilOpen({ path: file('runtime') });
  const tls = { certificate: readPem(fixtures.certificateFile), privateKey: readPem(fixtures.keyFile) };
  const environment = loneEdge(folder, file('runtime'), { mqttsPort: port, mqttPort: null, ...tls });
  const edge = startPinned(NODE, [...EDGE_NODE_FLAGS, EDGE], environment);
  await waitUntilOpen({ port });
  return {
    port,
    pids: [runtime.pid, edge.pid],
    end: async () => {
      await edge.end();
      await runtime.end();
    },
  };
}

/** A broker that is one program with one configuration file. */
function program(name: string, file: string, configuration: PeerConfiguration): Contender {
  return {
    name,
    serves: (tested) => configuration.serves(tested),
    start: async (tested, fixtures) => {
      const port = nextPort++;
      const folder = fixtures.freshFolder(name);
      const path = join(folder, 'configuration');
      writeFileSync(path, configuration.text({ port, folder, tls: tested.edge, fixtures }));
      const started = startPinned(file, configuration.args(path));
      await waitUntilOpen({ port });
      return { port, pids: [started.pid], end: () => started.end() };
    },
  };
}

export const MOSQUITTO = program('mosquitto', 'mosquitto', PEERS.mosquitto!);

/** nats-server, and what BENCH_PEERS names: `name=binary,…`, where the name begins like one that we can configure. */
export function otherPeers(named: string | undefined): Contender[] {
  const peers = [program('nats', 'nats-server', PEERS.nats!)];
  for (const entry of (named ?? '').split(',').filter((text) => text !== '')) {
    const [name = '', file = name] = entry.split('=');
    const known = Object.keys(PEERS).find((prefix) => name.startsWith(prefix));
    if (known === undefined) throw new Error(`BENCH_PEERS: ${name} cannot be configured; known are ${Object.keys(PEERS).join(', ')}.`);
    peers.push(program(name, file, PEERS[known]!));
  }
  return peers;
}
