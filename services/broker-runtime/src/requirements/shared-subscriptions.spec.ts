/** Shared subscriptions (MQTT 5.0 §4.8.2); the same for MQTT 3.1.1, where the standard knows none. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
afterEach(() => broker.stop());

const payloads = (client: TestClient) => client.received.flatMap((packet) => (packet.type === 'publish' ? [String(packet.payload)] : []));

describe('shared subscriptions', () => {
  for (const version of [4, 5] as const)
    for (const prefix of ['$share/group', '$queue'])
      it(`gives each message of ${prefix}/… to one member in turn, with protocol level ${version} [MQTT-4.8.2-3]`, async () => {
        broker = await startBroker();
        const members = [await broker.open({ version }), await broker.open({ version })];
        for (const member of members) await member.subscribe(`${prefix}/t/+`);
        const publisher = await broker.open();
        for (let i = 0; i < 6; i++) await publisher.publishAcknowledged('t/x', String(i));
        for (const member of members) await member.ping();
        expect(payloads(members[0]!)).toEqual(['0', '2', '4']);
        expect(payloads(members[1]!)).toEqual(['1', '3', '5']);
      });

  it('gives everything to one member until it leaves, with the strategy sticky', async () => {
    broker = await startBroker({ policy: { sharedSubscriptions: { strategy: 'sticky' } } });
    const members = [await broker.open(), await broker.open()];
    for (const member of members) await member.subscribe('$share/g/t');
    const publisher = await broker.open();
    for (const payload of ['1', '2', '3']) await publisher.publishAcknowledged('t', payload);
    expect(payloads(members[0]!)).toEqual(['1', '2', '3']);
    await members[0]!.leave();
    await publisher.publishAcknowledged('t', '4');
    await members[1]!.nextPublishes(1);
    await publisher.publishAcknowledged('t', '5');
    expect(payloads(members[1]!)).toEqual(['5']);
  });

  it('keeps to the QoS and options of the member that is chosen [MQTT-4.8.2-3]', async () => {
    broker = await startBroker();
    const low = await broker.open();
    const high = await broker.open();
    await low.subscribe('$share/g/t', { qos: 0, identifier: 1 });
    await high.subscribe('$share/g/t', { qos: 2, identifier: 2 });
    const publisher = await broker.open();
    for (let i = 0; i < 2; i++) await publisher.publishAcknowledged('t', 'x', { qos: 2 });
    expect((await low.nextPublishes(1))[0]).toMatchObject({ qos: 0, properties: { subscriptionIdentifiers: [1] } });
    expect((await high.nextPublishes(1))[0]).toMatchObject({ qos: 2, properties: { subscriptionIdentifiers: [2] } });
  });

  it('sends no retained messages to a shared subscription', async () => {
    broker = await startBroker();
    const publisher = await broker.open();
    await publisher.publishAcknowledged('t', 'kept', { retain: true });
    const member = await broker.open();
    await member.subscribe('$share/g/t', { qos: 1 });
    await member.nothing('publish');
  });

  for (const filter of ['$share/g/t', '$queue/t'])
    it(`refuses No Local on ${filter} as a protocol error [MQTT-3.8.3-4]`, async () => {
      await expectRefused(filter, true, 0x82);
    });

  for (const filter of ['$share', '$share/', '$share/g', '$share/g/', '$share//t', '$share/+/t', '$share/g#/t', '$queue', '$queue/'])
    it(`refuses ${filter} as a broken shared subscription [MQTT-4.8.2-1] [MQTT-4.8.2-2]`, async () => {
      await expectRefused(filter, false, 0x8f);
    });

  it('gives unacknowledged QoS 1 messages of a member whose session ends to another member, as new', async () => {
    broker = await startBroker();
    const leaving = await broker.open({ properties: { receiveMaximum: 2 } });
    const staying = await broker.open();
    await leaving.subscribe('$share/g/t', { qos: 1 });
    const publisher = await broker.open();
    for (const payload of ['1', '2', '3', '4']) await publisher.publishAcknowledged('t', payload);
    const [first, second] = await leaving.nextPublishes(2);
    expect([String(first!.payload), String(second!.payload)]).toEqual(['1', '2']);
    await staying.subscribe('$share/g/t', { qos: 1 });
    leaving.acknowledge(first!);
    await leaving.nextPublishes(1);
    await leaving.leave();
    const messages = await staying.nextPublishes(3);
    expect(messages.map(({ payload, dup }) => [String(payload), dup])).toEqual([
      ['2', false],
      ['3', false],
      ['4', false],
    ]);
  });

  it('gives a QoS 2 message that was sent to nobody else when the session ends [MQTT-4.8.2-5]', async () => {
    broker = await startBroker();
    const leaving = await broker.open();
    await leaving.subscribe('$share/g/t', { qos: 2 });
    const publisher = await broker.open();
    await publisher.publishAcknowledged('t', 'under way', { qos: 2 });
    await leaving.nextPublishes(1);
    const staying = await broker.open();
    await staying.subscribe('$share/g/t', { qos: 2 });
    await leaving.leave();
    await staying.nothing('publish');
  });

  it('completes a QoS 2 message with the member it was sent to, when that comes back [MQTT-4.8.2-4]', async () => {
    broker = await startBroker();
    const session = { clientId: 'member', cleanStart: false, properties: { sessionExpiryInterval: 60 } };
    const member = await broker.open(session);
    await member.subscribe('$share/g/t', { qos: 2 });
    const publisher = await broker.open();
    await publisher.publishAcknowledged('t', 'under way', { qos: 2 });
    await member.nextPublishes(1);
    const other = await broker.open();
    await other.subscribe('$share/g/t', { qos: 2 });
    await member.leave();
    const back = await broker.open(session);
    expect((await back.nextPublishes(1))[0]).toMatchObject({ qos: 2, dup: true });
    await other.nothing('publish');
  });

  it('gives a message that a member refused to nobody else [MQTT-4.8.2-6]', async () => {
    broker = await startBroker();
    const members = [await broker.open(), await broker.open()];
    for (const member of members) await member.subscribe('$share/g/t', { qos: 1 });
    const publisher = await broker.open();
    await publisher.publishAcknowledged('t', 'x');
    const [message] = await members[0]!.nextPublishes(1);
    members[0]!.send({ type: 'puback', packetId: message!.packetId, reasonCode: 0x83, properties: {} });
    await members[0]!.leave();
    await members[1]!.nothing('publish');
  });

  it('does not let messages wait for a member that is away while another is there', async () => {
    broker = await startBroker({ dataFolder: mkdtempSync(join(tmpdir(), 'rookery-shared-')) });
    const session = { clientId: 'away', cleanStart: false, properties: { sessionExpiryInterval: 60, receiveMaximum: 1 } };
    const away = await broker.open(session);
    await away.subscribe('$share/g/t', { qos: 1 });
    const publisher = await broker.open();
    for (const payload of ['1', '2', '3']) await publisher.publishAcknowledged('t', payload);
    await away.nextPublishes(1);
    const there = await broker.open();
    await there.subscribe('$share/g/t', { qos: 1 });
    await away.leave();
    expect((await there.nextPublishes(2)).map(({ payload }) => String(payload))).toEqual(['2', '3']);
    const back = await broker.open(session);
    expect(String((await back.nextPublishes(1))[0]!.payload)).toBe('1');
  });

  it('gives what waited for a stored member to another after a restart, when its session is ended', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rookery-shared-'));
    broker = await startBroker({ dataFolder });
    const session = { clientId: 'away', cleanStart: false, properties: { sessionExpiryInterval: 60 } };
    const away = await broker.open(session);
    await away.subscribe('$share/g/t', { qos: 1 });
    await away.leave();
    await (await broker.open()).publishAcknowledged('t', 'kept');
    await broker.stop();
    broker = await startBroker({ dataFolder });
    const other = await broker.open();
    await other.subscribe('$share/g/t', { qos: 1 });
    await broker.open({ ...session, cleanStart: true });
    expect(String((await other.nextPublishes(1))[0]!.payload)).toBe('kept');
  });

  it('gives what was not sent yet to another member when one unsubscribes', async () => {
    broker = await startBroker();
    const leaving = await broker.open({ properties: { receiveMaximum: 1 } });
    const staying = await broker.open();
    await leaving.subscribe('$share/g/t', { qos: 1 });
    const publisher = await broker.open();
    for (const payload of ['1', '2']) await publisher.publishAcknowledged('t', payload);
    const [sent] = await leaving.nextPublishes(1);
    await staying.subscribe('$share/g/t', { qos: 1 });
    await leaving.unsubscribe('$share/g/t');
    expect(String((await staying.nextPublishes(1))[0]!.payload)).toBe('2');
    leaving.acknowledge(sent!);
    await leaving.nothing('publish');
  });
});

/** A SUBSCRIBE that breaks the protocol ends the connection with this reason. */
async function expectRefused(filter: string, noLocal: boolean, reasonCode: number): Promise<void> {
  broker = await startBroker();
  const client = await broker.open();
  const subscription = { filter, qos: 0, noLocal, retainAsPublished: false, retainHandling: 0 } as const;
  client.send({ type: 'subscribe', packetId: 1, properties: {}, subscriptions: [subscription] });
  expect((await client.next('disconnect')).reasonCode).toBe(reasonCode);
  await client.closed;
}
