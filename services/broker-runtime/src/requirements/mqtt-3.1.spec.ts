/** MQTT 3.1 (protocol name MQIsdp, level 3), as far as it differs from 3.1.1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterDial, rawConnect } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

describe('MQTT 3.1', () => {
  it('carries messages of every QoS between its clients and those of MQTT 5', async () => {
    const old = await broker.open({ version: 3, clientId: 'old' });
    const new5 = await broker.open();
    await old.subscribe('to/old', { qos: 2 });
    await new5.subscribe('to/new', { qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      old.publish('to/new', String(qos), { qos });
      new5.publish('to/old', String(qos), { qos, properties: { contentType: 'x' } });
    }
    expect((await old.nextPublishes(3)).map(({ qos }) => qos)).toEqual([0, 1, 2]);
    expect((await new5.nextPublishes(3)).map(({ qos }) => qos)).toEqual([0, 1, 2]);
  });

  it('goes on with a session, and has no Session Present flag to say so', async () => {
    const session = { version: 3 as const, clientId: 'stays', cleanStart: false };
    const client = await broker.open(session);
    await client.subscribe('kept', { qos: 1 });
    await client.leave();
    await (await broker.open()).publishAcknowledged('kept', 'x');
    const back = await broker.open(session);
    expect(back.connack).toMatchObject({ reasonCode: 0, sessionPresent: false });
    expect(String((await back.nextPublishes(1))[0]!.payload)).toBe('x');
  });

  it('knows client identifiers of 1 to 23 characters, and answers others with return code 2', async () => {
    for (const clientId of ['', 'x'.repeat(24)]) {
      const heard = await afterDial(broker, rawConnect({ name: 'MQIsdp', version: 3, fields: [clientId] }), 3);
      expect(heard).toMatchObject([{ type: 'connack', reasonCode: 2 }]);
    }
    expect((await broker.open({ version: 3, clientId: 'x'.repeat(23) })).connack.reasonCode).toBe(0);
  });

  it('may set header bits of CONNECT that it calls unused, and the reserved connect flag', async () => {
    for (const [first, flags] of [
      [0x14, 2],
      [0x1f, 2],
      [0x10, 3],
    ] as const) {
      const client = await TestClient.dial(broker.where, 3);
      const bytes = rawConnect({ name: 'MQIsdp', version: 3, flags, fields: ['bits'] });
      bytes[0] = first;
      client.socket.write(bytes);
      expect((await client.next('connack')).reasonCode).toBe(0);
      await client.leave();
    }
  });

  it('has its name and level go together', async () => {
    for (const [name, version] of [
      ['MQIsdp', 4],
      ['MQIsdp', 5],
      ['MQTT', 3],
    ] as const) {
      const heard = await afterDial(broker, rawConnect({ name, version }), 4);
      expect(heard).toMatchObject([{ type: 'connack', reasonCode: 1 }]);
    }
  });
});
