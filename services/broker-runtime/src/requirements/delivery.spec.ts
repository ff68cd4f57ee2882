import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(() => rig.stop());

describe('delivery', () => {
  for (const version of [3, 4, 5] as const)
    for (const qos of [0, 1, 2] as const)
      it(`carries a message of QoS ${qos} between clients of protocol level ${version} [MQTT-4.3.1-1] [MQTT-4.3.2-1] [MQTT-4.3.3-1]`, async () => {
        const subscriber = await rig.open({ version });
        const publisher = await rig.open({ version });
        const { reasonCodes } = await subscriber.subscribe(`d/${version}/${qos}`, { qos: 2 });
        expect(reasonCodes).toEqual([2]);
        if (qos === 0) publisher.publish(`d/${version}/${qos}`, 'hello');
        else await publisher.publishAcknowledged(`d/${version}/${qos}`, 'hello', { qos });
        const message = await subscriber.next('publish');
        expect(message).toMatchObject({ qos, retain: false, dup: false, topic: `d/${version}/${qos}` });
        expect(message.payload.toString()).toBe('hello');
        if (qos === 2) {
          subscriber.acknowledge(message);
          const { packetId } = await subscriber.next('pubrel');
          expect(packetId).toBe(message.packetId);
          subscriber.send({ type: 'pubcomp', packetId, reasonCode: 0, properties: {} });
        }
        await subscriber.nothing('publish');
      });

  it('carries MQTT 5 properties unchanged and leaves them out for older clients [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17]', async () => {
    const five = await rig.open();
    const four = await rig.open({ version: 4 });
    const publisher = await rig.open();
    await five.subscribe('props', { qos: 1 });
    await four.subscribe('props', { qos: 1 });
    const properties = {
      payloadFormatIndicator: 1,
      contentType: 'text/plain',
      responseTopic: 'answer',
      correlationData: Buffer.from([1, 2]),
      userProperties: [
        ['a', '1'],
        ['a', '2'],
      ] as [string, string][],
    };
    await publisher.publishAcknowledged('props', 'x', { properties });
    expect((await five.next('publish')).properties).toEqual(properties);
    expect((await four.next('publish')).payload.toString()).toBe('x');
  });

  it('sends one copy at the highest QoS for overlapping subscriptions, with every identifier [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4]', async () => {
    const subscriber = await rig.open();
    await subscriber.subscribe('over/#', { qos: 0, identifier: 1 });
    await subscriber.subscribe('over/+', { qos: 1, identifier: 2 });
    await rig.open().then((publisher) => publisher.publishAcknowledged('over/x', 'x'));
    const message = await subscriber.next('publish');
    expect(message.qos).toBe(1);
    expect(message.properties.subscriptionIdentifiers?.toSorted()).toEqual([1, 2]);
    await subscriber.nothing('publish');
  });

  it('does not send its own messages to a subscriber with No Local [MQTT-3.8.3-3]', async () => {
    const client = await rig.open();
    await client.subscribe('mine', { qos: 1, noLocal: true });
    await client.publishAcknowledged('mine', 'x');
    await client.nothing('publish');
    await rig.open().then((other) => other.publishAcknowledged('mine', 'y'));
    expect((await client.next('publish')).payload.toString()).toBe('y');
  });

  it('keeps the order of messages of one client and QoS, over many packets in one segment [MQTT-4.6.0-5] [MQTT-4.6.0-6]', async () => {
    const subscriber = await rig.open({ properties: { receiveMaximum: 1000 } });
    const publisher = await rig.open();
    await subscriber.subscribe('order', { qos: 1 });
    rig.apply({ quotas: { inflightMax: 1000 } });
    publisher.socket.cork();
    for (let i = 0; i < 300; i++) publisher.publish('order', String(i), { qos: i % 2 === 0 ? 0 : 1 });
    publisher.socket.uncork();
    const got: number[] = [];
    for (let i = 0; i < 300; i++) {
      const message = await subscriber.next('publish');
      if (message.qos === 1) subscriber.acknowledge(message);
      got.push(Number(message.payload.toString()));
    }
    expect(got.filter((n) => n % 2 === 0)).toEqual(Array.from({ length: 150 }, (_, i) => i * 2));
    expect(got.filter((n) => n % 2 === 1)).toEqual(Array.from({ length: 150 }, (_, i) => i * 2 + 1));
  });

  it('shares one subscription among its members in turn, and with whoever is left', async () => {
    const members = [await rig.open(), await rig.open(), await rig.open({ version: 4 })];
    for (const member of members) await member.subscribe('$share/g/jobs/+', { qos: 1 });
    const publisher = await rig.open();
    for (let i = 0; i < 9; i++) await publisher.publishAcknowledged(`jobs/${i}`, String(i));
    for (const member of members) {
      for (const message of await member.nextPublishes(3)) member.acknowledge(message);
      await member.nothing('publish');
    }
    await members[0]!.leave();
    for (let i = 0; i < 4; i++) await publisher.publishAcknowledged(`jobs/${i}`, String(i));
    await members[1]!.nextPublishes(2);
    await members[2]!.nextPublishes(2);
  });

  it('ends delivery with UNSUBSCRIBE, and says when there was no subscription [MQTT-3.10.4-1] [MQTT-3.11.3-1]', async () => {
    const client = await rig.open();
    await client.subscribe('gone', { qos: 1 });
    expect((await client.unsubscribe('gone')).reasonCodes).toEqual([0]);
    expect((await client.unsubscribe('gone')).reasonCodes).toEqual([0x11]);
    await client.publishAcknowledged('gone', 'x');
    await client.nothing('publish');
  });

  it('tells an MQTT 5 publisher that nobody listens', async () => {
    const client = await rig.open();
    expect(await client.publishAcknowledged('nobody/here', 'x')).toBe(0x10);
    expect(await client.publishAcknowledged('nobody/here', 'x', { qos: 2 })).toBe(0x10);
  });

  it('wildcards at the first level do not reach topics that begin with $ [MQTT-4.7.2-1]', async () => {
    const client = await rig.open();
    await client.subscribe('#');
    await client.subscribe('+/+/+/+');
    const other = await rig.open();
    await other.leave();
    await client.nothing('publish');
  });

  it('topics and client ids may be called like members of an object', async () => {
    const client = await rig.open({ clientId: '__proto__' });
    await client.subscribe('constructor/+', { qos: 1 });
    await client.publishAcknowledged('constructor/__proto__', 'x');
    expect((await client.next('publish')).topic).toBe('constructor/__proto__');
  });

  it('a QoS 2 message that is sent again before PUBREL is delivered once [MQTT-4.3.3-10] [MQTT-4.3.3-11]', async () => {
    const subscriber = await rig.open();
    const publisher = await rig.open();
    await subscriber.subscribe('once', { qos: 1 });
    publisher.publish('once', 'x', { qos: 2, packetId: 77 });
    await publisher.next('pubrec');
    publisher.publish('once', 'x', { qos: 2, packetId: 77, dup: true });
    await publisher.next('pubrec');
    publisher.send({ type: 'pubrel', packetId: 77, reasonCode: 0, properties: {} });
    await publisher.next('pubcomp');
    await subscriber.next('publish');
    await subscriber.nothing('publish');
    publisher.send({ type: 'pubrel', packetId: 77, reasonCode: 0, properties: {} });
    expect((await publisher.next('pubcomp')).reasonCode).toBe(0x92);
  });
});
