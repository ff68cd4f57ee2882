import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker({
    policy: { quotas: { inflightMax: 5, packetBytesMax: 10_000 }, connack: { topicAliasMaximum: 3, keepAliveSecondsMax: 30 } },
  });
});
afterAll(() => rig.stop());

describe('flow control', () => {
  it('announces its limits in CONNACK', async () => {
    const { connack } = await rig.open({ keepAliveSeconds: 600, properties: { sessionExpiryInterval: 0xffffffff } });
    expect(connack.properties).toMatchObject({ receiveMaximum: 5, maximumPacketSize: 10_000, topicAliasMaximum: 3, serverKeepAlive: 30 });
    expect(connack.properties.sessionExpiryInterval).toBe(7 * 86_400);
  });

  it('never has more unacknowledged messages under way than the client takes [MQTT-3.3.4-9]', async () => {
    const subscriber = await rig.open({ properties: { receiveMaximum: 2 } });
    await subscriber.subscribe('rm', { qos: 2 });
    const publisher = await rig.open();
    for (let i = 0; i < 4; i++) await publisher.publishAcknowledged('rm', String(i), { qos: i === 1 ? 2 : 1 });
    const [first, second] = await subscriber.nextPublishes(2);
    await subscriber.nothing('publish');
    subscriber.acknowledge(first!);
    expect((await subscriber.next('publish')).payload.toString()).toBe('2');
    subscriber.acknowledge(second!);
    await subscriber.next('pubrel');
    await subscriber.nothing('publish');
    subscriber.send({ type: 'pubcomp', packetId: second!.packetId, reasonCode: 0, properties: {} });
    expect((await subscriber.next('publish')).payload.toString()).toBe('3');
  });

  it('ends a client that has more QoS 2 messages open than it was told [MQTT-3.3.4-7]', async () => {
    const client = await rig.open();
    for (let i = 1; i <= 6; i++) client.publish('open', 'x', { qos: 2, packetId: i });
    expect((await client.next('disconnect')).reasonCode).toBe(0x93);
    await client.closed;
  });

  it('does not send packets larger than the client takes [MQTT-3.1.2-24] [MQTT-3.1.2-25]', async () => {
    const small = await rig.open({ properties: { maximumPacketSize: 100 } });
    await small.subscribe('size', { qos: 1 });
    const publisher = await rig.open();
    await publisher.publishAcknowledged('size', Buffer.alloc(200));
    publisher.publish('size', Buffer.alloc(200));
    await publisher.publishAcknowledged('size', 'fits');
    expect((await small.next('publish')).payload.toString()).toBe('fits');
    await small.nothing('publish');
  });

  it('refuses packets over the limit before their body [MQTT-3.2.2-15]', async () => {
    const client = await rig.open();
    client.raw('30 ff ff 03');
    expect((await client.next('disconnect')).reasonCode).toBe(0x95);
  });

  it('resolves topic aliases, and refuses unknown ones and those beyond the maximum [MQTT-3.3.2-9] [MQTT-3.3.2-12]', async () => {
    const subscriber = await rig.open();
    await subscriber.subscribe('alias/#', { qos: 1 });
    const publisher = await rig.open();
    publisher.publish('alias/a', '1', { properties: { topicAlias: 3 } });
    publisher.publish('', '2', { properties: { topicAlias: 3 } });
    await publisher.publishAcknowledged('', '3', { properties: { topicAlias: 3 } });
    const got = await subscriber.nextPublishes(3);
    expect(got.map(({ topic, payload, properties }) => [topic, payload.toString(), properties.topicAlias])).toEqual([
      ['alias/a', '1', undefined],
      ['alias/a', '2', undefined],
      ['alias/a', '3', undefined],
    ]);
    publisher.publish('', 'x', { properties: { topicAlias: 2 } });
    expect((await publisher.next('disconnect')).reasonCode).toBe(0x82);
    const other = await rig.open();
    other.publish('alias/b', 'x', { properties: { topicAlias: 4 } });
    expect((await other.next('disconnect')).reasonCode).toBe(0x94);
  });
});
