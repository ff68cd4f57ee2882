import { createServer, connect as tcpConnect, type AddressInfo } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readClientHello } from './client-hello.js';

/** What Node's own TLS client sends first. */
async function captureHello(servername: string | undefined): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const captured = new Promise<Buffer>((resolve) =>
    server.once('connection', (socket) => socket.once('data', (data) => resolve(data as Buffer))),
  );
  const socket = tcpConnect((server.address() as AddressInfo).port, '127.0.0.1');
  const client = tlsConnect({ socket, ...(servername === undefined ? {} : { servername }), rejectUnauthorized: false });
  client.on('error', () => {});
  const hello = await captured;
  client.destroy();
  server.close();
  return hello;
}

describe('ClientHello', () => {
  let named: Buffer;
  let nameless: Buffer;
  beforeAll(async () => {
    named = await captureHello('Brave-Heron.Example.test');
    nameless = await captureHello(undefined);
  });

  it('names the server that a real client asks for, in lower case', () => {
    expect(readClientHello(named)).toEqual({ kind: 'hello', serverName: 'brave-heron.example.test' });
  });

  it('says that a client sent no name', () => {
    expect(readClientHello(nameless)).toEqual({ kind: 'hello', serverName: null });
  });

  it('waits for the rest, however the bytes are cut', () => {
    for (let end = 0; end < named.length; end++) expect(readClientHello(named.subarray(0, end)).kind).toBe('incomplete');
  });

  it('reads a hello that is spread over records', () => {
    const body = named.subarray(5);
    const record = (part: Buffer) => Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
    const split = Buffer.concat([record(body.subarray(0, 10)), record(body.subarray(10))]);
    expect(readClientHello(split)).toEqual({ kind: 'hello', serverName: 'brave-heron.example.test' });
  });

  it('never throws, whatever bytes are changed or made up', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void readClientHello(Buffer.from(noise))));
    fc.assert(
      fc.property(fc.nat(named.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(named);
        changed[at] = value;
        readClientHello(changed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells MQTT and HTTP from TLS by the first byte', () => {
    expect(readClientHello(Buffer.from([0x10, 12])).kind).toBe('invalid');
    expect(readClientHello(Buffer.from('GET / HTTP/1.1\r\n')).kind).toBe('invalid');
  });
});
