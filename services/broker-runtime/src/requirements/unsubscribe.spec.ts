/** UNSUBSCRIBE and UNSUBACK (§3.10, §3.11). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endsWith, field, packet, VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
let publisher: TestClient;
beforeAll(async () => {
  broker = await startBroker();
  publisher = await broker.open();
});
afterAll(() => broker.stop());

const list = (version: 4 | 5) => (version === 5 ? [0] : []);

describe('UNSUBSCRIBE', () => {
  it('is answered once with its identifier, and a code for each filter in their order in MQTT 5 [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2] [MQTT-2.2.1-6] [MQTT311-3.10.4-4] [MQTT311-3.10.4-5] [MQTT311-3.10.4-6] [MQTT311-2.3.1-7]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      for (const filter of ['u/a', 'u/b', 'u/c']) await client.subscribe(filter);
      client.send({ type: 'unsubscribe', packetId: 43_210, properties: {}, filters: ['u/a', 'u/none', 'u/c'] });
      const answer = await client.next('unsuback');
      expect(answer).toMatchObject({ packetId: 43_210, reasonCodes: version === 5 ? [0, 0x11, 0] : [] });
      client.send({ type: 'unsubscribe', packetId: 1, properties: {}, filters: ['u/none'] });
      expect((await client.next('unsuback')).packetId).toBe(1);
      for (const topic of ['u/a', 'u/b', 'u/c']) publisher.publish(topic, topic);
      expect((await client.nextPublishes(1))[0]!.topic).toBe('u/b');
      await client.nothing('publish');
      await client.nothing('unsuback');
    }
  });

  it('compares filters character by character [MQTT-3.10.4-1] [MQTT311-3.10.4-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      await client.subscribe('cmp/+');
      for (const filter of ['cmp/x', 'cmp/#', 'CMP/+', 'cmp/+/', '/cmp/+']) await client.unsubscribe(filter);
      publisher.publish('cmp/x', 'still');
      await client.nextPublishes(1);
      await client.unsubscribe('cmp/+');
      publisher.publish('cmp/x', 'no more');
      await publisher.ping();
      await client.nothing('publish');
    }
  });

  it('lets nothing new in, and completes what was begun [MQTT-3.10.4-2] [MQTT-3.10.4-3] [MQTT311-3.10.4-2] [MQTT311-3.10.4-3]', async () => {
    for (const version of VERSIONS) {
      const session = {
        version,
        clientId: `begun-${version}`,
        cleanStart: false,
        properties: version === 5 ? { sessionExpiryInterval: 60 } : {},
      };
      const client = await broker.open(session);
      await client.subscribe('begun', { qos: 2 });
      await publisher.publishAcknowledged('begun', '1', { qos: 1 });
      await publisher.publishAcknowledged('begun', '2', { qos: 2 });
      const [one, two] = await client.nextPublishes(2);
      await client.unsubscribe('begun');
      await publisher.publishAcknowledged('begun', '3', { qos: 1 });
      await client.leave();
      const back = await broker.open(session);
      const again = await back.nextPublishes(2);
      expect(again.map(({ packetId, dup }) => [packetId, dup])).toEqual([
        [one!.packetId, true],
        [two!.packetId, true],
      ]);
      back.send({ type: 'pubrec', packetId: two!.packetId, reasonCode: 0, properties: {} });
      expect((await back.next('pubrel')).packetId).toBe(two!.packetId);
      await back.nothing('publish');
    }
  });

  it('with wrong flags ends the connection [MQTT-3.10.1-1] [MQTT311-3.10.1-1]', async () => {
    for (const version of VERSIONS)
      for (const first of [0xa0, 0xa1, 0xa3, 0xa6, 0xaa])
        await endsWith(broker, version, packet(first, [0, 1], list(version), field('t')), 0x81);
  });

  it('with a filter that is no text ends the connection [MQTT-3.10.3-1] [MQTT311-3.10.3-1]', async () => {
    for (const version of VERSIONS)
      for (const text of [[0xff], [0x61, 0], [0xed, 0xa0, 0x80]])
        await endsWith(broker, version, packet(0xa2, [0, 1], list(version), field(Buffer.from(text))), 0x81);
  });

  it('without a filter ends the connection [MQTT-3.10.3-2] [MQTT311-3.10.3-2]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0xa2, [0, 1], list(version)), 0x82);
  });

  it('with packet identifier 0 ends the connection [MQTT-2.2.1-3] [MQTT311-2.3.1-1]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, packet(0xa2, [0, 0], list(version), field('t')), 0x82);
  });
});
