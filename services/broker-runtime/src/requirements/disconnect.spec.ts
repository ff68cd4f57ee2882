/** PINGREQ, DISCONNECT, AUTH (§3.12–3.15), and how faults end a connection (§4.12, §4.13). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsWith, ending, packet, rawConnect, VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

const PINGREQ = Buffer.from([0xc0, 0]);

describe('PINGREQ', () => {
  it('is answered with PINGRESP, each time [MQTT-3.12.4-1] [MQTT311-3.12.4-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      client.socket.write(Buffer.concat([PINGREQ, PINGREQ, PINGREQ]));
      for (let i = 0; i < 3; i++) await client.next('pingresp');
      await client.leave();
      expect(client.received).toEqual([]);
    }
  });
});

describe('DISCONNECT from a client', () => {
  it('with wrong flags ends the connection [MQTT-3.14.1-1] [MQTT311-3.14.1-1]', async () => {
    for (const version of VERSIONS) for (const first of [0xe1, 0xe2, 0xe8]) await endsWith(broker, version, packet(first), 0x81);
  });

  it('with a reason code of other packets ends the connection as a protocol error [MQTT-3.14.2-1]', async () => {
    for (const code of [0x01, 0x18, 0x86, 0x8a, 0x92, 0xff]) await endsWith(broker, 5, packet(0xe0, [code]), 0x82);
    for (const code of [0x00, 0x04, 0x80, 0x99]) {
      const client = await broker.open();
      client.socket.write(packet(0xe0, [code]));
      expect(await ending(client)).toEqual([]);
    }
  });

  it('that raises a session expiry of zero is a protocol error', async () => {
    await endsWith(broker, 5, packet(0xe0, [0, 5, 0x11, 0, 0, 0, 60]), 0x82);
  });

  it('with 0x04 has the will published [MQTT-3.1.2-8]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('bye');
    const client = await broker.open({ will: { topic: 'bye', payload: Buffer.from('x'), qos: 0, retain: false, properties: {} } });
    client.send({ type: 'disconnect', reasonCode: 4, properties: {} });
    await watcher.nextPublishes(1);
  });

  it('has nothing after it processed', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('after');
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      client.socket.write(Buffer.concat([packet(0xe0), packet(0x30, [0, 5], Buffer.from('after'), version === 5 ? [0] : [])]));
      await client.closed;
    }
    await watcher.nothing('publish');
  });
});

describe('DISCONNECT from the server', () => {
  /** All that came on a connection, as bytes, until its end. */
  async function bytesUntilEnd(client: TestClient): Promise<Buffer> {
    const chunks: Buffer[] = [];
    client.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await ending(client);
    return Buffer.concat(chunks);
  }

  it('is the last packet, with a reason code of its own and no session expiry, and then the connection ends [MQTT-3.14.2-1] [MQTT-3.14.2-2] [MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT-4.13.2-1]', async () => {
    const client = await broker.open({ properties: { sessionExpiryInterval: 60 } });
    const bytes = bytesUntilEnd(client);
    client.socket.write(Buffer.concat([packet(0x30, [0, 1, 0x23, 0]), PINGREQ, PINGREQ]));
    const said = await bytes;
    expect(said[0]).toBe(0xe0);
    expect(said.length).toBe(2 + said[1]!);
    const [disconnect] = client.received;
    expect(disconnect).toMatchObject({ type: 'disconnect', reasonCode: 0x90 });
    expect(Object.keys((disconnect as { properties: object }).properties)).toEqual(['reasonString']);
  });

  it('comes to no client before its CONNACK, nor to one that speaks MQTT 3.1.1 [MQTT-3.14.0-1]', async () => {
    const faults = [PINGREQ, rawConnect({ flags: 3 }), rawConnect({ properties: [0x11] }), packet(0xf0, [0])];
    for (const bytes of faults) {
      const client = await TestClient.dial(broker.where);
      client.socket.write(bytes);
      expect((await ending(client)).filter(({ type }) => type === 'disconnect')).toEqual([]);
    }
  });

  it('leaves its reason string out where the client takes only less [MQTT-3.14.2-3]', async () => {
    for (const [properties, said] of [
      [{}, true],
      [{ maximumPacketSize: 12 }, false],
    ] as const) {
      const client = await broker.open({ properties });
      client.socket.write(packet(0x30, [0, 1, 0x23, 0]));
      const { properties: told } = await client.next('disconnect');
      expect(told.reasonString !== undefined).toBe(said);
    }
  });
});

describe('AUTH', () => {
  it('with wrong flags or a code that it does not know ends the connection [MQTT-3.15.1-1] [MQTT-3.15.2-1]', async () => {
    for (const first of [0xf1, 0xf2, 0xff]) await endsWith(broker, 5, packet(first, [0x18, 0]), 0x81);
    for (const code of [0x01, 0x80, 0x87]) await endsWith(broker, 5, packet(0xf0, [code, 0]), 0x82);
  });

  it('outside of an exchange is a protocol error, and no packet at all in MQTT 3.1.1 [MQTT-4.12.0-7] [MQTT-4.13.1-1]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0xf0, [0x18, 0]), 0x82);
  });
});

describe('faults', () => {
  it('end the connection that they came on, and no other [MQTT-4.13.1-1] [MQTT311-4.8.0-1]', async () => {
    const other = await broker.open();
    const faults: [Buffer, number][] = [
      [packet(0x00), 0x81],
      [packet(0x20, [0, 0]), 0x82],
      [packet(0x90, [0, 1, 0]), 0x82],
      [packet(0xd0), 0x82],
      [packet(0x40, [0]), 0x81],
      [packet(0x40, [0, 0]), 0x82],
      [packet(0xc0, [0]), 0x81],
      [Buffer.from([0xc0, 0xff, 0xff, 0xff, 0xff, 0x7f]), 0x81],
    ];
    for (const [bytes] of faults) {
      for (const version of VERSIONS) {
        const client = await broker.open({ version });
        client.socket.write(bytes);
        const heard = await ending(client);
        expect(heard.map(({ type }) => type)).toEqual(version === 5 ? ['disconnect'] : []);
      }
    }
    for (const [bytes, code] of faults) if (code === 0x81) await endsWith(broker, 5, bytes, code);
    await other.ping();
  });

  it('of the broker in storing a message end an MQTT 3.1.1 connection [MQTT311-4.8.0-2]', async () => {
    const small = await startBroker({ policy: { quotas: { queueLengthMax: 1 }, queues: { dropPolicy: 'refuse' } } });
    const session = { version: 4 as const, clientId: 'full', cleanStart: false };
    const subscriber = await small.open(session);
    await subscriber.subscribe('t', { qos: 1 });
    await subscriber.leave();
    const publisher = await small.open({ version: 4 });
    await publisher.publishAcknowledged('t', '1');
    publisher.publish('t', '2', { qos: 1 });
    expect(await ending(publisher)).toEqual([]);
    await small.stop();
  });
});
