import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, TLSSocket } from 'node:tls';
import { makeAuthority, privateKeyPem } from '@rookery/service-kit/certificates';
import { newId } from '@rookery/service-kit/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Routes } from './route-table.js';

const MANY = 1_500;
const HELD_MAX = 1_024;

let folder: string;
let routes: Routes;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edge-routes-'));
  const day = 24 * 60 * 60 * 1_000;
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const { certificate, keys } = await makeAuthority('test', validity);
  const shared = { mqtts: 1, wss: 2, certificate, privateKey: await privateKeyPem(keys.privateKey), ticketKeys: ticketKeys() };
  const table = Array.from({ length: MANY }, (_, i) => ({
    deploymentId: newId('deployment'),
    hosts: [`d${i}.test`],
    mqttsPort: null,
    mqttPort: null,
    certificate: null,
    privateKey: null,
    ticketKeys: ticketKeys(),
    targets: ['unix:/nowhere'],
  }));
  const file = join(folder, 'routes.json');
  writeFileSync(file, JSON.stringify({ revision: 1, bind: '127.0.0.1', shared, routes: table }));
  routes = new Routes();
  routes.load(file);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('TLS contexts of a worker', () => {
  it('are bounded, however many deployments somebody knocks at; the one in use longest ago goes', () => {
    const first = contextOf(0);
    for (let i = 1; i < HELD_MAX; i++) contextOf(i);
    expect(contextOf(0)).toBe(first);
    for (let i = HELD_MAX; i < MANY; i++) contextOf(i);
    expect(routes.contextCount).toBe(HELD_MAX);
    expect(contextOf(0)).toBe(first);
  });

  it('are made again without a loss: a client comes back with the ticket that it got before', async () => {
    const { session } = await handshake(0);
    expect((await handshake(0, session)).resumed).toBe(true);
    for (let i = 1; i < MANY; i++) contextOf(i);
    expect((await handshake(0, session)).resumed).toBe(true);
    expect((await handshake(1, session)).resumed).toBe(false);
  });
});

function ticketKeys(): string {
  return randomBytes(48).toString('base64');
}

function contextOf(i: number) {
  return routes.secureContext(routes.routeOfHost(`d${i}.test`))!;
}

/** One TLS connection as the edge makes it, and the last ticket of it. */
async function handshake(i: number, session?: Buffer): Promise<{ session: Buffer; resumed: boolean }> {
  const server = createServer((socket) => {
    const stream = new TLSSocket(socket, { isServer: true, secureContext: contextOf(i) });
    stream.on('error', () => {});
    stream.end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      let ticket: Buffer | undefined;
      const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...(session === undefined ? {} : { session }) });
      client.on('session', (got) => (ticket = got));
      client.on('error', reject);
      client.on('end', () => resolve({ session: ticket ?? session!, resumed: client.isSessionReused() }));
      client.resume();
    });
  } finally {
    server.close();
  }
}
