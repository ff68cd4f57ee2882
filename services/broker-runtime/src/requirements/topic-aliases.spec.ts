/** Topic aliases in what clients are sent (MQTT 5.0 §3.1.2.11.5, §3.3.2.3.4). */
import { afterEach, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let broker: TestBroker;
afterEach(() => broker.stop());

describe('topic aliases to clients', () => {
  it('sends a topic once and then its alias alone, whatever the QoS [MQTT-3.3.2-11]', async () => {
    broker = await startBroker();
    const subscriber = await broker.open({ properties: { topicAliasMaximum: 1 } });
    await subscriber.subscribe('#', { qos: 2 });
    const publisher = await broker.open();
    for (const qos of [0, 1, 2] as const) publisher.publish('a/long/topic', `qos ${qos}`, { qos });
    const messages = await subscriber.nextPublishes(3);
    expect(messages.map(({ topic, qos, properties }) => [topic, qos, properties.topicAlias])).toEqual([
      ['a/long/topic', 0, 1],
      ['', 1, 1],
      ['', 2, 1],
    ]);
  });

  it('never uses an alias above the Topic Alias Maximum of the client [MQTT-3.1.2-26]', async () => {
    broker = await startBroker();
    const subscriber = await broker.open({ properties: { topicAliasMaximum: 2 } });
    await subscriber.subscribe('#');
    const publisher = await broker.open();
    for (const topic of ['a', 'b', 'c', 'a', 'b', 'c']) publisher.publish(topic, topic);
    const messages = await subscriber.nextPublishes(6);
    expect(messages.map(({ topic, properties, payload }) => [topic, properties.topicAlias, String(payload)])).toEqual([
      ['a', 1, 'a'],
      ['b', 2, 'b'],
      ['c', undefined, 'c'],
      ['', 1, 'a'],
      ['', 2, 'b'],
      ['c', undefined, 'c'],
    ]);
  });

  it('sends no alias to a client that gives no Topic Alias Maximum, or zero [MQTT-3.1.2-27]', async () => {
    broker = await startBroker();
    const silent = await broker.open();
    const zero = await broker.open({ properties: { topicAliasMaximum: 0 } });
    const aliased = await broker.open({ properties: { topicAliasMaximum: 5 } });
    for (const client of [silent, zero, aliased]) await client.subscribe('t', { qos: 1 });
    const publisher = await broker.open();
    for (const qos of [0, 0, 1, 1] as const) publisher.publish('t', 'x', { qos });
    for (const client of [silent, zero]) {
      const messages = await client.nextPublishes(4);
      expect(messages.every(({ topic, properties }) => topic === 't' && properties.topicAlias === undefined)).toBe(true);
    }
    expect((await aliased.nextPublishes(4)).map(({ topic }) => topic)).toEqual(['t', '', '', '']);
  });

  it('forgets aliases with the connection [MQTT-3.3.2-7]', async () => {
    broker = await startBroker();
    const publisher = await broker.open();
    const client = { clientId: 'same', cleanStart: false, properties: { topicAliasMaximum: 9, sessionExpiryInterval: 60 } };
    const first = await broker.open(client);
    await first.subscribe('t', { qos: 1 });
    publisher.publish('t', '1');
    expect((await first.nextPublishes(1))[0]!.topic).toBe('t');
    await first.leave();
    const second = await broker.open(client);
    publisher.publish('t', '2');
    expect((await second.nextPublishes(1))[0]).toMatchObject({ topic: 't', properties: { topicAlias: 1 } });
  });

  it('gives no alias in a packet that the client cannot take', async () => {
    broker = await startBroker();
    // 2 + 2 + 1 + 1 + 4 bytes fit; three more for the alias do not.
    const subscriber = await broker.open({ properties: { topicAliasMaximum: 9, maximumPacketSize: 10 } });
    await subscriber.subscribe('t');
    const publisher = await broker.open();
    publisher.publish('t', '1234');
    publisher.publish('t', '1');
    publisher.publish('t', '2');
    const messages = await subscriber.nextPublishes(3);
    expect(messages.map(({ topic, properties, payload }) => [topic, properties.topicAlias, String(payload)])).toEqual([
      ['t', undefined, '1234'],
      ['t', 1, '1'],
      ['', 1, '2'],
    ]);
  });
});
