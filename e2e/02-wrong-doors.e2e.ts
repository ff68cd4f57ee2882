/** Story 2: whoever knocks at the wrong door hears what is wrong, in the protocol that they speak. */
import { readFileSync } from 'node:fs';
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { connect, connectTls } from './support/clients.ts';

/** Sends `bytes` in the clear and resolves to all that comes back before the close. */
function exchange(port: number, bytes: Buffer | string): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = tcpConnect(port, '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    setTimeout(() => socket.destroy(), 5_000).unref();
  });
}

/** Whether the other side ends a connection that sent `bytes` and waits, long before a handshake would have to be over. */
function isEndedBy(port: number, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect(port, '127.0.0.1', () => socket.write(bytes));
    const late = setTimeout(() => (socket.destroy(), resolve(false)), 5_000);
    for (const event of ['end', 'error'] as const) socket.once(event, () => (clearTimeout(late), socket.destroy(), resolve(true)));
    socket.resume();
  });
}

describe('wrong doors', () => {
  const system = inject('system');
  const ca = readFileSync(system.caFile, 'utf8');
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await new Api(system.graphqlUrl, system.apiKey).deploy('wrong-doors');
  });

  it('plain MQTT on a TLS port is refused by a CONNACK with words', async () => {
    const error = await connect(`mqtt://127.0.0.1:${deployed.mqttsPort}`, { username: 'a', password: 'b' }).catch(
      (caught: Error) => caught,
    );
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify({ message: (error as Error).message, code: (error as { code?: number }).code })).toMatch(
      /131|Implementation specific|Connection refused/,
    );
  });

  it('HTTP on a TLS port gets HTTP 400', async () => {
    expect((await exchange(deployed.mqttsPort, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('HTTP on a plain MQTT port gets HTTP 426', async () => {
    expect((await exchange(deployed.mqttPort!, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toString()).toMatch(/^HTTP\/1\.1 426 /);
  });

  it('TLS on a plain MQTT port gets a TLS alert', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = tlsConnect({ port: deployed.mqttPort!, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve('connected'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    expect(outcome).toMatch(/ERR_SSL_.*(ALERT|VERSION)/);
  });

  it('a first packet that is no CONNECT ends the connection before more comes [MQTT-3.1.0-1]', async () => {
    // PINGREQ and AUTH are whole with two bytes.
    for (const packet of [
      [0xc0, 0],
      [0xf0, 0],
    ])
      expect(await isEndedBy(deployed.mqttPort!, Buffer.from(packet))).toBe(true);
  });

  it('a CONNECT of MQTT 3.1 may have any flags', async () => {
    const connect = Buffer.from([0x14, 15, 0, 6, ...Buffer.from('MQIsdp'), 3, 2, 0, 60, 0, 1, 0x61]);
    // Not authorized: there is no password. An MQTT 3.1 answer comes from the broker.
    expect(await exchange(deployed.mqttPort!, connect)).toEqual(Buffer.from([0x20, 2, 0, 5]));
  });

  it('a client that checks names does not accept another name', async () => {
    const error = await connectTls(deployed, { ca, servername: 'somewhere-else.test' }).catch((caught: NodeJS.ErrnoException) => caught);
    expect((error as NodeJS.ErrnoException).code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('a wrong password is refused, a right one is let in', async () => {
    const error = await connectTls({ ...deployed, secret: 'wrong' }, { ca }).catch((caught: Error & { code?: number }) => caught);
    expect((error as { code?: number }).code).toBe(0x86);
    const client = await connectTls(deployed, { ca });
    await client.endAsync();
  });
});
