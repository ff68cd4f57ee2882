/** Message ordering, flow control and the transport (§4.2, §4.6, §4.9), for MQTT 5.0 and 3.1.1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

describe('ordering', () => {
  it('of messages of one client, topic and QoS is kept, by exact and by wildcard subscriptions [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT311-4.6.0-5] [MQTT311-4.6.0-6]', async () => {
    const count = 300;
    for (const version of VERSIONS) {
      const topic = `ordered/${version}`;
      const exact = await broker.open({ version });
      await exact.subscribe(topic, { qos: 2 });
      const wild = await broker.open({ version });
      await wild.subscribe('ordered/#', { qos: 2 });
      const publishers = [await broker.open({ version }), await broker.open({ version: 5 })];
      for (let i = 0; i < count; i++)
        for (const [p, publisher] of publishers.entries()) publisher.publish(topic, `${p} ${i}`, { qos: (i % 2) as 0 | 1 });
      for (const client of [exact, wild]) {
        const seen: Record<string, number[]> = {};
        for (let left = 2 * count; left > 0; left--) {
          const [message] = await client.nextPublishes(1);
          const [publisher, number] = String(message!.payload).split(' ');
          (seen[`${publisher}/${message!.qos}`] ??= []).push(Number(number));
          if (message!.qos > 0) client.acknowledge(message!);
        }
        expect(Object.keys(seen)).toHaveLength(4);
        for (const numbers of Object.values(seen)) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
      await exact.leave();
      await wild.leave();
    }
  });

  it('of bytes is that of the transport, however they are cut [MQTT-4.2-1] [MQTT311-7.1.1-1]', async () => {
    for (const version of VERSIONS) {
      const subscriber = await broker.open({ version });
      await subscriber.subscribe('cut');
      const publisher = await broker.open({ version });
      const list = version === 5 ? '00' : '';
      const one = Buffer.from(`30${version === 5 ? '07' : '06'}0003637574${list}78`, 'hex');
      publisher.socket.setNoDelay(true);
      const arrived = () => new Promise((resolve) => setTimeout(resolve, 10));
      for (const byte of one) {
        publisher.socket.write(Buffer.from([byte]));
        await arrived();
      }
      publisher.socket.write(Buffer.concat([one, one, one.subarray(0, 4)]));
      await arrived();
      publisher.socket.write(one.subarray(4));
      expect((await subscriber.nextPublishes(4)).map(({ payload }) => String(payload))).toEqual(['x', 'x', 'x', 'x']);
    }
  });

  it('asks for nothing that the standard does not know: a plain client can do everything [MQTT311-7.0.0-2]', async () => {
    const client = await broker.open({ version: 4, clientId: 'plain' });
    await client.subscribe('plain', { qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      if (qos === 0) client.publish('plain', 'x');
      else await client.publishAcknowledged('plain', 'x', { qos });
    }
    expect((await client.nextPublishes(3)).map(({ qos }) => qos)).toEqual([0, 1, 2]);
    await client.unsubscribe('plain');
    await client.ping();
    await client.leave();
  });
});

describe('flow control', () => {
  it('keeps within the Receive Maximum of the client, and lets everything else pass [MQTT-3.3.4-9] [MQTT-3.3.4-10] [MQTT-4.9.0-1] [MQTT-4.9.0-2] [MQTT-4.9.0-3]', async () => {
    const client = await broker.open({ properties: { receiveMaximum: 2 } });
    await client.subscribe('window', { qos: 2 });
    await client.subscribe('free', { qos: 0 });
    const publisher = await broker.open();
    for (const payload of ['1', '2', '3', '4']) await publisher.publishAcknowledged('window', payload, { qos: 2 });
    const [one, two] = await client.nextPublishes(2);
    await client.nothing('publish');
    publisher.publish('free', 'qos 0 passes');
    expect(String((await client.nextPublishes(1))[0]!.payload)).toBe('qos 0 passes');
    expect(await client.publishAcknowledged('window/own', 'x')).toBe(0x10);
    client.acknowledge(one!);
    await client.next('pubrel');
    // PUBREC alone gives no place back.
    await client.nothing('publish');
    client.send({ type: 'pubcomp', packetId: one!.packetId, reasonCode: 0, properties: {} });
    expect(String((await client.nextPublishes(1))[0]!.payload)).toBe('3');
    await client.nothing('publish');
    client.send({ type: 'pubrec', packetId: two!.packetId, reasonCode: 0x80, properties: {} });
    expect(String((await client.nextPublishes(1))[0]!.payload)).toBe('4');
  });
});
