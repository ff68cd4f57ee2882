/** PUBLISH from and to clients (§3.3). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsWith, field, packet, VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker({ policy: { connack: { topicAliasMaximum: 10 } } });
});
afterAll(() => broker.stop());

/** Bytes of one PUBLISH, as the subscriber got them. */
async function bytesOf(version: 4 | 5, qos: 0 | 1, publish: (topic: string) => Promise<void>, topic: string): Promise<Buffer> {
  const subscriber = await broker.open({ version });
  await subscriber.subscribe(topic, { qos });
  const bytes = new Promise<Buffer>((resolve) => subscriber.socket.once('data', resolve));
  await publish(topic);
  return bytes;
}

describe('PUBLISH', () => {
  it('of QoS 0 has no packet identifier and DUP 0 in both directions [MQTT-2.2.1-2] [MQTT-3.3.1-2] [MQTT-4.3.1-1] [MQTT311-2.3.1-5] [MQTT311-3.3.1-2] [MQTT311-4.3.1-1]', async () => {
    const publisher = await broker.open();
    const send = async (topic: string) => void (await publisher.publishAcknowledged(topic, 'x', { qos: 1 }));
    const list = { 4: [], 5: [0] };
    for (const version of VERSIONS) {
      const expected = packet(0x30, field(`q0/${version}`), list[version], [0x78]);
      expect(await bytesOf(version, 0, send, `q0/${version}`)).toEqual(expected);
      await endsWith(broker, version, packet(0x38, field('t'), list[version]), 0x81);
    }
  });

  it('without properties says so with a length of zero [MQTT-2.2.2-1]', async () => {
    const publisher = await broker.open({ version: 4 });
    const bytes = await bytesOf(5, 0, async (topic) => void publisher.publish(topic, ''), 'no/properties');
    expect(bytes).toEqual(packet(0x30, field('no/properties'), [0]));
  });

  it('of QoS 3 ends the connection [MQTT-3.3.1-4] [MQTT311-3.3.1-4]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0x36, field('t'), [0, 1, 0]), 0x81);
  });

  it('above QoS 0 with packet identifier 0 ends the connection [MQTT-2.2.1-3] [MQTT311-2.3.1-1]', async () => {
    for (const version of VERSIONS)
      for (const first of [0x32, 0x34]) await endsWith(broker, version, packet(first, field('t'), [0, 0, 0]), 0x82);
  });

  it('with a topic that holds a wildcard ends the connection [MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1]', async () => {
    for (const version of VERSIONS)
      for (const topic of ['a/+', 'a/#', '#', 'a+b']) await endsWith(broker, version, packet(0x30, field(topic), [0]), 0x90);
  });

  it('with a topic that is no UTF-8 or holds U+0000 ends the connection [MQTT-3.3.2-1] [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-4.7.3-2] [MQTT311-3.3.2-1] [MQTT311-1.5.3-1] [MQTT311-1.5.3-2] [MQTT311-4.7.3-2]', async () => {
    const faulty = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0x00]];
    for (const version of VERSIONS)
      for (const text of faulty) await endsWith(broker, version, packet(0x30, field(Buffer.from(text)), [0]), 0x81);
  });

  it('without a topic ends the connection [MQTT-4.7.3-1] [MQTT311-4.7.3-1]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0x30, field(''), [0]), version === 5 ? 0x82 : 0);
  });

  it('keeps a byte order mark, and matches topics as they are written [MQTT-1.5.4-3] [MQTT-4.7.3-4] [MQTT311-1.5.3-3] [MQTT311-4.7.3-4]', async () => {
    for (const version of VERSIONS) {
      const topics = ['\ufeffbom', 'bom', 'Bom', 'bom/', '/bom', 'e\u0301', '\u00e9'];
      const subscribers = await Promise.all(topics.map(() => broker.open({ version })));
      for (const [i, topic] of topics.entries()) await subscribers[i]!.subscribe(topic, { qos: 1 });
      const publisher = await broker.open({ version });
      for (const topic of topics) await publisher.publishAcknowledged(topic, topic);
      for (const [i, topic] of topics.entries()) {
        const [message] = await subscribers[i]!.nextPublishes(1);
        expect([message!.topic, String(message!.payload)]).toEqual([topic, topic]);
        await subscribers[i]!.nothing('publish');
      }
    }
  });

  it('may have a topic of 65,535 bytes [MQTT-4.7.3-3] [MQTT311-4.7.3-3]', async () => {
    for (const version of VERSIONS) {
      const topic = 'x'.repeat(65_535);
      const client = await broker.open({ version });
      await client.subscribe(topic);
      client.publish(topic, 'long');
      expect((await client.nextPublishes(1))[0]!.topic).toBe(topic);
    }
  });

  it('reaches only those whose filter matches its topic [MQTT-3.3.2-3] [MQTT311-3.3.2-3]', async () => {
    const cases: [string, string[], string[]][] = [
      ['+/b', ['a/b', '/b'], ['a/c', 'a/b/c', 'b']],
      ['a/#', ['a', 'a/', 'a/b/c'], ['b', 'ab']],
      ['a/+/c', ['a/b/c', 'a//c'], ['a/c', 'a/b/c/d']],
      ['+', ['a'], ['/a', 'a/b']],
      ['/+', ['/a', '/'], ['a', 'a/b']],
    ];
    const publisher = await broker.open();
    for (const version of VERSIONS)
      for (const [filter, matching, others] of cases) {
        const subscriber = await broker.open({ version });
        await subscriber.subscribe(filter);
        for (const topic of [...others, ...matching]) publisher.publish(topic, topic);
        const got = await subscriber.nextPublishes(matching.length);
        expect(got.map(({ topic }) => topic)).toEqual(matching);
        await subscriber.nothing('publish');
        await subscriber.leave();
      }
  });

  it('to topics that begin with $ does not match filters that begin with a wildcard [MQTT-4.7.2-1] [MQTT311-4.7.2-1]', async () => {
    for (const version of VERSIONS) {
      const wild = await broker.open({ version });
      for (const filter of ['#', '+/x', '+/#']) await wild.subscribe(filter);
      const named = await broker.open({ version });
      await named.subscribe('$own/#');
      broker.broker.kernel.publish({ cmd: 'publish', topic: '$own/x', payload: 'x', qos: 0, retain: false, dup: false }, null, () => {});
      expect((await named.nextPublishes(1))[0]!.topic).toBe('$own/x');
      await wild.nothing('publish');
    }
  });

  it('is forwarded with all its properties as they came [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]', async () => {
    const userProperties: [string, string][] = [
      ['z', '1'],
      ['a', ''],
      ['z', '1'],
      ['', 'é'],
    ];
    const properties = {
      payloadFormatIndicator: 1,
      contentType: 'text/plain; charset=utf-8',
      responseTopic: 'answer/é',
      correlationData: Buffer.from([0, 255, 10]),
      userProperties,
    };
    const subscriber = await broker.open();
    await subscriber.subscribe('props', { qos: 2, identifier: 3 });
    const plain = await broker.open();
    await plain.subscribe('props', { qos: 2 });
    const publisher = await broker.open();
    for (const qos of [0, 1, 2] as const) publisher.publish('props', 'x', { qos, properties });
    for (const message of await plain.nextPublishes(3)) expect(message.properties).toEqual(properties);
    for (const message of await subscriber.nextPublishes(3))
      expect(message.properties).toEqual({ ...properties, subscriptionIdentifiers: [3] });
  });

  it('with text in its properties that is no UTF-8 or holds U+0000 ends the connection [MQTT-1.5.7-1] [MQTT-1.5.4-2] [MQTT-3.3.2-13] [MQTT-3.3.2-19]', async () => {
    const bad = field(Buffer.from([0xc3]));
    const good = field('x');
    const lists = [
      Buffer.concat([Buffer.from([0x26]), bad, good]),
      Buffer.concat([Buffer.from([0x26]), good, bad]),
      Buffer.concat([Buffer.from([0x08]), bad]),
      Buffer.concat([Buffer.from([0x03]), bad]),
      Buffer.concat([Buffer.from([0x26]), good, field('a\0b')]),
    ];
    for (const list of lists) await endsWith(broker, 5, packet(0x30, field('t'), [list.length], list), 0x81);
  });

  it('with a response topic that holds wildcards ends the connection [MQTT-3.3.2-14]', async () => {
    for (const topic of ['a/#', '+']) {
      const list = Buffer.concat([Buffer.from([0x08]), field(topic)]);
      await endsWith(broker, 5, packet(0x30, field('t'), [list.length], list), 0x82);
    }
  });

  it('may use every alias up to the maximum, and none that is zero or above [MQTT-3.3.2-8] [MQTT-3.3.2-9] [MQTT-3.3.2-12]', async () => {
    const subscriber = await broker.open();
    await subscriber.subscribe('alias/+');
    const publisher = await broker.open();
    expect(publisher.connack.properties.topicAliasMaximum).toBe(10);
    for (let topicAlias = 1; topicAlias <= 10; topicAlias++) publisher.publish(`alias/${topicAlias}`, 'x', { properties: { topicAlias } });
    for (let topicAlias = 10; topicAlias >= 1; topicAlias--) publisher.publish('', 'x', { properties: { topicAlias } });
    const numbers = Array.from({ length: 10 }, (_, i) => `alias/${i + 1}`);
    expect((await subscriber.nextPublishes(20)).map(({ topic }) => topic)).toEqual([...numbers, ...numbers.toReversed()]);
    for (const alias of [0, 11]) await endsWith(broker, 5, packet(0x30, field('t'), [3, 0x23, 0, alias]), 0x94);
  });

  it('may not use an alias of an earlier connection [MQTT-3.3.2-7]', async () => {
    const session = { clientId: 'alias-user', cleanStart: false, properties: { sessionExpiryInterval: 60 } };
    const first = await broker.open(session);
    first.publish('t', 'x', { properties: { topicAlias: 1 } });
    await first.leave();
    const second = await broker.open(session);
    second.publish('', 'x', { properties: { topicAlias: 1 } });
    expect((await second.next('disconnect')).reasonCode).toBe(0x82);
  });

  it('with a subscription identifier ends the connection of the client that sends it [MQTT-3.3.4-6]', async () => {
    await endsWith(broker, 5, packet(0x30, field('t'), [2, 0x0b, 1]), 0x82);
  });

  it('with properties that are longer encoded than needed ends the connection [MQTT-1.5.5-1]', async () => {
    await endsWith(broker, 5, packet(0x30, field('t'), [0x80, 0x00]), 0x81);
    await endsWith(broker, 5, Buffer.concat([Buffer.from([0x30, 0x84, 0x00]), field('t'), Buffer.from([0])]), 0x81);
  });

  it('is acknowledged as its QoS asks, with its identifier [MQTT-3.3.4-1] [MQTT-2.2.1-5] [MQTT-4.3.2-4] [MQTT-4.3.3-8] [MQTT-4.3.3-11] [MQTT311-3.3.4-1] [MQTT311-2.3.1-6]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      client.publish('ack', 'x', { qos: 0 });
      client.publish('ack', 'x', { qos: 1, packetId: 65_535 });
      client.publish('ack', 'x', { qos: 2, packetId: 258 });
      expect((await client.next('puback')).packetId).toBe(65_535);
      expect((await client.next('pubrec')).packetId).toBe(258);
      client.send({ type: 'pubrel', packetId: 258, reasonCode: 0, properties: {} });
      expect((await client.next('pubcomp')).packetId).toBe(258);
      await client.nothing('puback');
    }
  });

  it('that is not allowed is told so in MQTT 5, and acknowledged as usual in MQTT 3.1.1 [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT311-3.3.5-2]', async () => {
    const ruled = await startBroker({ policy: { accessRules: [{ effect: 'deny', action: 'publish', topic: 'no', subject: 'all' }] } });
    const watcher = await ruled.open();
    await watcher.subscribe('#');
    for (const version of VERSIONS) {
      const client = await ruled.open({ version });
      const codes = [await client.publishAcknowledged('no', 'x'), await client.publishAcknowledged('no', 'x', { qos: 2 })];
      expect(codes).toEqual(version === 5 ? [0x87, 0x87] : [0, 0]);
    }
    await watcher.nothing('publish');
    await ruled.stop();
  });
});
