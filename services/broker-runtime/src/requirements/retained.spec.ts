import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(() => rig.stop());

describe('retained messages', () => {
  it('keep the last one of each topic, sent with RETAIN to new subscriptions [MQTT-3.3.1-5]', async () => {
    const publisher = await rig.open();
    await publisher.publishAcknowledged('r/a', '1', { retain: true });
    await publisher.publishAcknowledged('r/a', '2', { retain: true });
    publisher.publish('r/b', '3', { retain: true });
    await publisher.ping();
    const subscriber = await rig.open();
    await subscriber.subscribe('r/+', { qos: 1 });
    const got = await subscriber.nextPublishes(2);
    expect(got.map(({ topic, payload, retain, qos }) => [topic, payload.toString(), retain, qos])).toEqual([
      ['r/a', '2', true, 1],
      ['r/b', '3', true, 0],
    ]);
  });

  it('are cleared by an empty payload, which is not kept itself [MQTT-3.3.1-6] [MQTT-3.3.1-7]', async () => {
    const publisher = await rig.open();
    await publisher.publishAcknowledged('clear/me', '1', { retain: true });
    await publisher.publishAcknowledged('clear/me', '', { retain: true });
    const subscriber = await rig.open();
    await subscriber.subscribe('clear/#');
    await subscriber.nothing('publish');
  });

  it('obey Retain Handling [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11] and Retain As Published [MQTT-3.3.1-12] [MQTT-3.3.1-13]', async () => {
    const publisher = await rig.open();
    await publisher.publishAcknowledged('rh', 'x', { retain: true });
    const client = await rig.open();
    await client.subscribe('rh', { retainHandling: 2 });
    await client.nothing('publish');
    await client.subscribe('rh', { retainHandling: 1 });
    await client.nothing('publish');
    await client.subscribe('rh', { retainHandling: 0 });
    expect((await client.next('publish')).retain).toBe(true);
    publisher.publish('rh', 'y', { retain: true });
    expect((await client.next('publish')).retain).toBe(false);
    await client.subscribe('rh', { retainHandling: 2, retainAsPublished: true });
    publisher.publish('rh', 'z', { retain: true });
    expect((await client.next('publish')).retain).toBe(true);
    const fresh = await rig.open();
    await fresh.subscribe('rh', { retainHandling: 1 });
    await fresh.next('publish');
  });

  it('a subscription in the same segment as the publish sees it as retained', async () => {
    const client = await rig.open();
    client.socket.cork();
    client.publish('same', 'x', { retain: true, qos: 1 });
    const done = client.subscribe('same');
    client.socket.uncork();
    await done;
    expect((await client.next('publish')).retain).toBe(true);
    await client.nothing('publish');
  });

  it('expire, and say how long they have left [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async () => {
    const publisher = await rig.open();
    await publisher.publishAcknowledged('exp/long', 'x', { retain: true, properties: { messageExpiryInterval: 100 } });
    await publisher.publishAcknowledged('exp/short', 'x', { retain: true, properties: { messageExpiryInterval: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const subscriber = await rig.open();
    await subscriber.subscribe('exp/+');
    const message = await subscriber.next('publish');
    expect(message.topic).toBe('exp/long');
    expect(message.properties.messageExpiryInterval).toBeLessThanOrEqual(99);
    await subscriber.nothing('publish');
  });

  it('a wildcard over 20,000 of them blocks nobody, and loses none to a client that keeps up', async () => {
    const publisher = await rig.open();
    for (let i = 0; i < 20_000; i++) publisher.publish(`many/${i}`, 'x', { retain: true });
    await publisher.ping();
    const subscriber = await rig.open();
    await subscriber.subscribe('many/#');
    const bystander = await rig.open();
    await bystander.ping();
    // Somebody else was let in and answered while they were still going out.
    expect(subscriber.received.length).toBeLessThan(20_000);
    for (let i = 0; i < 20_000; i++) await subscriber.next('publish');
    await subscriber.nothing('publish');
  }, 20_000);
});
