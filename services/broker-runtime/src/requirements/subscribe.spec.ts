/** SUBSCRIBE and SUBACK (§3.8, §3.9), topic filters (§4.7). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsWith, field, packet, VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
let publisher: TestClient;
beforeAll(async () => {
  broker = await startBroker({
    policy: { accessRules: [{ effect: 'deny', action: 'subscribe', topic: 'eq no', subject: 'all' }], quotas: { topicLevelsMax: 8 } },
  });
  publisher = await broker.open();
});
afterAll(() => broker.stop());

const list = (version: 4 | 5) => (version === 5 ? [0] : []);
const option = { noLocal: false, retainAsPublished: false, retainHandling: 0 as const };
const request = (client: TestClient, packetId: number, ...filters: [string, 0 | 1 | 2][]) =>
  client.send({ type: 'subscribe', packetId, properties: {}, subscriptions: filters.map(([filter, qos]) => ({ ...option, filter, qos })) });

describe('SUBSCRIBE', () => {
  it('is answered with SUBACK and its identifier, with a code for each filter in their order [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT-2.2.1-6] [MQTT311-3.8.4-1] [MQTT311-3.8.4-2] [MQTT311-3.8.4-4] [MQTT311-3.8.4-5] [MQTT311-3.9.3-1] [MQTT311-3.9.3-2] [MQTT311-2.3.1-7]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      request(client, 54_321, ['s/2', 2], ['no', 1], ['s/0', 0], ['a/b/c/d/e/f/g/h/i', 1], ['s/1', 1]);
      const refused = version === 5 ? [0x87, 0x8f] : [0x80, 0x80];
      expect(await client.next('suback')).toMatchObject({ packetId: 54_321, reasonCodes: [2, refused[0], 0, refused[1], 1] });
      for (const topic of ['s/0', 's/1', 's/2', 'no']) await publisher.publishAcknowledged(topic, topic, { qos: 2 });
      const got = await client.nextPublishes(3);
      expect(got.map(({ topic, qos }) => [topic, qos])).toEqual([
        ['s/0', 0],
        ['s/1', 1],
        ['s/2', 2],
      ]);
      await client.nothing('suback');
      await client.nothing('publish');
    }
  });

  it('is answered with messages at the lower of both QoS [MQTT-3.8.4-8] [MQTT311-3.8.4-6]', async () => {
    for (const version of VERSIONS) {
      const got: number[][] = [];
      for (const granted of [0, 1, 2] as const) {
        const client = await broker.open({ version });
        await client.subscribe('level', { qos: granted });
        for (const qos of [0, 1, 2] as const) await publisher.publishAcknowledged('level', String(qos), { qos: qos === 0 ? 1 : qos });
        publisher.publish('level', '0');
        got.push((await client.nextPublishes(4)).map(({ qos }) => qos));
      }
      expect(got).toEqual([
        [0, 0, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 2, 0],
      ]);
    }
  });

  it('to the same filter replaces the subscription [MQTT-3.8.4-3] [MQTT311-3.8.4-3]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      for (const qos of [2, 0] as const) await client.subscribe('same', { qos });
      await publisher.publishAcknowledged('same', 'x', { qos: 2 });
      expect((await client.nextPublishes(1))[0]!.qos).toBe(0);
      await client.nothing('publish');
    }
  });

  it('to overlapping filters delivers once, at the highest QoS, with every identifier [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4] [MQTT311-3.3.5-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      const filters = ['over/+', 'over/#', 'over/x'];
      for (const [i, filter] of filters.entries()) {
        const identifier = version === 5 && i !== 1 ? { identifier: 10 + i } : {};
        await client.subscribe(filter, { qos: i === 1 ? 2 : 0, ...identifier });
      }
      await publisher.publishAcknowledged('over/x', 'x', { qos: 2 });
      const [message] = await client.nextPublishes(1);
      expect(message!.qos).toBe(2);
      if (version === 5) expect(message!.properties.subscriptionIdentifiers?.toSorted((a, b) => a - b)).toEqual([10, 12]);
      await client.nothing('publish');
    }
  });

  it('with No Local keeps away what the client itself publishes [MQTT-3.8.3-3]', async () => {
    const client = await broker.open();
    await client.subscribe('own', { qos: 2, noLocal: true });
    for (const qos of [0, 1, 2] as const) client.publish('own', 'mine', { qos });
    await client.nothing('publish');
    publisher.publish('own', 'yours');
    expect(String((await client.nextPublishes(1))[0]!.payload)).toBe('yours');
  });

  it('with wrong flags ends the connection [MQTT-3.8.1-1] [MQTT311-3.8.1-1]', async () => {
    for (const version of VERSIONS)
      for (const first of [0x80, 0x81, 0x83, 0x86, 0x8a])
        await endsWith(broker, version, packet(first, [0, 1], list(version), field('t'), [0]), 0x81);
  });

  it('with a filter that is no text ends the connection [MQTT-3.8.3-1] [MQTT-1.5.4-1] [MQTT-4.7.3-2] [MQTT311-3.8.3-1] [MQTT311-4.7.3-2]', async () => {
    for (const version of VERSIONS)
      for (const text of [[0xff], [0x61, 0], [0xed, 0xbf, 0xbf]])
        await endsWith(broker, version, packet(0x82, [0, 1], list(version), field(Buffer.from(text)), [0]), 0x81);
  });

  it('without a filter ends the connection [MQTT-3.8.3-2] [MQTT311-3.8.3-3]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0x82, [0, 1], list(version)), 0x82);
  });

  it('with packet identifier 0 ends the connection [MQTT-2.2.1-3] [MQTT311-2.3.1-1]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0x82, [0, 0], list(version), field('t'), [0]), 0x82);
  });

  it('with reserved bits or QoS 3 in its options ends the connection [MQTT-3.8.3-5] [MQTT311-3.8.3-4]', async () => {
    for (const options of [0x03, 0x40, 0x80, 0xc1]) await endsWith(broker, 5, packet(0x82, [0, 1, 0], field('t'), [options]), 0x81);
    await endsWith(broker, 5, packet(0x82, [0, 1, 0], field('t'), [0x30]), 0x82);
    for (const options of [0x03, 0x04, 0x08, 0x10, 0x80]) await endsWith(broker, 4, packet(0x82, [0, 1], field('t'), [options]), 0);
  });

  it('with a filter of a wrong form ends the connection [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT311-4.7.1-2] [MQTT311-4.7.1-3] [MQTT311-4.7.3-1]', async () => {
    for (const version of VERSIONS)
      for (const filter of ['a/#/b', 'a#', '#a', 'a/b#', 'a+', '+a', 'a/+b/c', '##', ''])
        await endsWith(broker, version, packet(0x82, [0, 1], list(version), field(filter), [0]), 0x8f);
  });

  it('may have wildcards at every level [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT311-4.7.1-2] [MQTT311-4.7.1-3]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      for (const filter of ['#', '+', '/#', '+/+', 'a/+/#', '+/a/+']) expect((await client.subscribe(filter)).reasonCodes).toEqual([0]);
    }
  });

  it('with a subscription identifier of zero, or two of them, ends the connection', async () => {
    await endsWith(broker, 5, packet(0x82, [0, 1, 2, 0x0b, 0], field('t'), [0]), 0x82);
    await endsWith(broker, 5, packet(0x82, [0, 1, 4, 0x0b, 1, 0x0b, 2], field('t'), [0]), 0x82);
  });
});

describe('SUBACK', () => {
  it('tells why in words as far as the client takes them [MQTT-3.9.2-1] [MQTT-3.1.2-29]', async () => {
    const said = async (properties: object) => {
      const client = await broker.open({ properties });
      const { reasonCodes, properties: told } = await client.subscribe('no');
      expect(reasonCodes).toEqual([0x87]);
      return told.reasonString !== undefined;
    };
    expect(await said({})).toBe(true);
    expect(await said({ maximumPacketSize: 20 })).toBe(false);
    expect(await said({ requestProblemInformation: 0 })).toBe(false);
  });
});
