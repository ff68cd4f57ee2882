/** Story 5: the connection quota is exact under a storm, at the edge and straight at the runtime's own socket. */
import { readdirSync } from 'node:fs';
import { connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect, createSecureContext } from 'node:tls';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { encodeProxyHeader } from '@rookery/contracts/proxy-protocol';
import { runFolder } from '../scripts/launcher/settings.ts';
import { Api, type Deployed } from './support/api.ts';
import { connectPacket, type Version } from './support/packets.ts';
import { until } from './support/clients.ts';

const LIMIT = 100;
const STORM = 1_000;
/** Handshakes are what takes the time, and the edge counts nothing; `test:long -- pairs` does twenty there too. */
const ROUNDS = { runtime: 20, edge: process.env.ROOKERY_E2E_PAIRS === '1' ? 20 : 5 };
const QUOTA_EXCEEDED: Record<Version, number> = { 4: 3, 5: 0x97 };
const BAD_LOGIN: Record<Version, number> = { 4: 4, 5: 0x86 };

interface Link {
  socket: Socket;
  /** Reason or return code of the CONNACK; null when the link closed without one. */
  code: number | null;
}

describe('connection quota', () => {
  const system = inject('system');
  const api = new Api(system.graphqlUrl, system.apiKey);
  const ca = readFileSync(system.caFile, 'utf8');
  // One for all: what a client trusts is not read again for each of ten thousand connections.
  const secureContext = createSecureContext({ ca });
  let deployed: Deployed;
  let open: Link[] = [];

  beforeAll(async () => {
    deployed = await api.deploy('quota');
    await api.mutate('setDeploymentQuotas', 'deployment { id }', {
      deploymentId: deployed.id,
      quotas: { clientsMax: LIMIT, sessionsMax: 1_000_000 },
    });
    await api.untilApplied(deployed.id);
  });

  afterEach(async () => {
    for (const { socket } of open) socket.destroy();
    open = [];
    await until(async () => (await connectedCount()) === 0, 'all clients to be gone');
  });

  const doors: Record<string, () => Socket> = {
    'through the edge': () => tlsConnect({ port: deployed.mqttsPort, host: '127.0.0.1', servername: 'localhost', secureContext }),
    "at the runtime's socket": () => {
      const socket = netConnect({ path: runtimeSocket(system.home, deployed.id) });
      socket.write(encodeProxyHeader({ sourceAddress: '127.0.0.1', sourcePort: 1, destinationAddress: '127.0.0.1', destinationPort: 2 }));
      return socket;
    },
  };

  for (const [door, dial] of Object.entries(doors)) {
    const rounds = door === 'through the edge' ? ROUNDS.edge : ROUNDS.runtime;
    for (const version of [5, 4] as const) {
      it(`lets exactly ${LIMIT} of ${STORM} in, MQTT ${version === 5 ? '5' : '3.1.1'} ${door}`, async () => {
        for (let round = 0; round < rounds; round++) {
          const links = await Promise.all(Array.from({ length: STORM }, (_, i) => knock(dial, version, `c${i}`, deployed.secret)));
          open = links;
          expect(links.filter((link) => link.code === 0)).toHaveLength(LIMIT);
          expect(links.filter((link) => link.code === QUOTA_EXCEEDED[version])).toHaveLength(STORM - LIMIT);
          for (const { socket } of open) socket.destroy();
          await until(async () => (await connectedCount()) === 0, 'places to be freed');
        }
      });
    }

    it(`takes over and gives freed places away at the limit ${door}`, async () => {
      for (let i = 0; i < LIMIT; i++) open.push(await knock(dial, 5, `full-${i}`, deployed.secret));
      expect(open.every((link) => link.code === 0)).toBe(true);
      const takeover = await knock(dial, 5, 'full-0', deployed.secret);
      expect(takeover.code).toBe(0);
      open.push(takeover);
      open[1]!.socket.destroy();
      await until(async () => (await connectedCount()) === LIMIT - 1, 'the place to be free');
      const next = await knock(dial, 5, 'newcomer', deployed.secret);
      open.push(next);
      expect(next.code).toBe(0);
    });

    it(`refuses a wrong password ${door}`, async () => {
      for (const version of [5, 4] as const) {
        const link = await knock(dial, version, 'stranger', 'wrong');
        open.push(link);
        expect(link.code).toBe(BAD_LOGIN[version]);
      }
    });
  }

  /** Null: the runtime is too busy to say. */
  async function connectedCount(): Promise<number | null> {
    const query = 'query ($id: ID!) { deployment(id: $id) { clients(first: 1) { totalCount unavailable { code } } } }';
    const { clients } = (await api.query(query, { id: deployed.id })).deployment;
    return clients.unavailable === null ? clients.totalCount : null;
  }

  function knock(dial: () => Socket, version: Version, clientId: string, password: string): Promise<Link> {
    return new Promise((resolve) => {
      const socket = dial();
      const settle = (code: number | null) => resolve({ socket, code });
      socket.write(connectPacket({ version, clientId, username: deployed.username, password }));
      socket.once('data', (data: Buffer) => settle(data[0] === 0x20 ? data[3]! : null));
      socket.on('error', () => settle(null));
      socket.on('close', () => settle(null));
    });
  }
});

function runtimeSocket(home: string, deploymentId: string): string {
  const folder = join(runFolder(home), 'm', 'd');
  const name = readdirSync(folder).find((entry) => deploymentId.endsWith(entry));
  if (name === undefined) throw new Error(`${deploymentId} has no socket folder`);
  return join(folder, name, 'mqtt.sock');
}
