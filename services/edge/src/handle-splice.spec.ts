import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import { connectHandle, type RawHandle, rawHandlesWork } from '@rookery/service-kit/raw-handle';
import { afterEach, describe, expect, it } from 'vitest';
import { spliceHandles } from './handle-splice.js';
import { Meter } from './meter.js';
import { splice } from './splice.js';

const CIPHERS = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
const KEY = Buffer.alloc(32, 3);
const FIRST = Buffer.from('first');

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function listen(server: Server, where: object): Promise<Server> {
  open.push(server);
  return new Promise((resolve) => server.listen(where, () => resolve(server)));
}

/** A client link over TLS or TCP, joined to a runtime that does what `serve` says. */
async function rig(tls: boolean, raw: boolean, serve: (socket: Socket) => void) {
  const path = join(tmpdir(), `rk-splice-${process.pid}-${open.length}`);
  rmSync(path, { force: true });
  await listen(createServer(serve), { path });
  const tally = new Meter('i', { now: () => 0 } as never).tally('dep');
  const server = await listen(
    createServer((socket) => {
      socket.on('error', () => socket.destroy());
      const secureContext = createSecureContext(CIPHERS);
      const stream = tls ? new TLSSocket(socket, { isServer: true, secureContext, pskCallback: () => KEY } as never) : socket;
      const start = async () => {
        if (raw) return spliceHandles(stream as unknown as Duplex & { _handle: RawHandle }, await connectHandle(path), FIRST, tally);
        const runtime = connect(path);
        runtime.write(FIRST);
        splice(stream, runtime, tally);
      };
      if (tls) stream.once('secure', () => void start());
      else void start();
    }),
    { port: 0, host: '127.0.0.1' },
  );
  const where = { port: (server.address() as { port: number }).port, host: '127.0.0.1' };
  const pskCallback = () => ({ psk: KEY, identity: 'us' });
  const client: Socket = tls ? connectTls({ ...where, ...CIPHERS, pskCallback, checkServerIdentity: () => undefined }) : connect(where);
  client.on('error', () => {});
  open.push({ close: () => client.destroy() });
  return { client, tally };
}

/** Resolves when `bytes` came. */
function gather(socket: Socket, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let came = 0;
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      came += chunk.length;
      if (came >= bytes) resolve(Buffer.concat(chunks));
    });
  });
}

describe.each([
  ['TLS, handles', true, true],
  ['TCP, handles', false, true],
  ['TLS, sockets', true, false],
  ['TCP, sockets', false, false],
])('a splice (%s)', (_name, tls, raw) => {
  it('moves every byte both ways in order, more than all buffers hold, and counts them', async () => {
    expect(await rawHandlesWork()).toBe(true);
    const { client, tally } = await rig(tls, raw, (socket) => socket.pipe(socket));
    const sent = randomBytes(12 << 20);
    const echoed = gather(client, sent.length + FIRST.length);
    for (let at = 0; at < sent.length; at += 100_003) client.write(sent.subarray(at, at + 100_003));
    expect((await echoed).equals(Buffer.concat([FIRST, sent]))).toBe(true);
    expect([tally.bytesIn, tally.bytesOut]).toEqual([sent.length, sent.length + FIRST.length]);
  });

  it('does not read a runtime whose client does not read, and loses nothing when it reads again', async () => {
    let pushed = 0;
    const chunk = randomBytes(1 << 16);
    const total = 48 << 20;
    const { client, tally } = await rig(tls, raw, (socket) => {
      const push = () => {
        while (pushed < total) {
          pushed += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', push);
        }
        socket.end();
      };
      push();
      socket.on('error', () => {}).resume();
    });
    client.pause();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(tally.bytesOut).toBeLessThan(total / 2);
    let came = 0;
    client.on('data', (bytes: Buffer) => (came += bytes.length));
    client.resume();
    await new Promise((resolve) => client.once('end', resolve));
    expect(came).toBe(total);
  });

  // Node's sockets end both directions at once.
  if (raw)
    it('a client that ends is answered before the link is closed', async () => {
      const { client } = await rig(tls, raw, (socket) => {
        socket.on('data', () => {});
        socket.on('end', () => socket.end('bye'));
      });
      client.once(tls ? 'secureConnect' : 'connect', () => client.end('hello'));
      expect((await gather(client, 3)).toString()).toBe('bye');
      await new Promise((resolve) => client.once('close', resolve));
    });

  it('a client that is gone ends the link to the runtime, and a runtime that is gone that to the client', async () => {
    const gone = Promise.withResolvers<void>();
    const one = await rig(tls, raw, (socket) => socket.on('close', () => gone.resolve()).resume());
    one.client.once(tls ? 'secureConnect' : 'connect', () => setTimeout(() => one.client.destroy(), 50));
    await gone.promise;
    const two = await rig(tls, raw, (socket) => setTimeout(() => socket.destroy(), 50));
    two.client.resume();
    await new Promise((resolve) => two.client.once('close', resolve));
  });
});
