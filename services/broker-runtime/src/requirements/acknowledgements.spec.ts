/** PUBACK, PUBREC, PUBREL, PUBCOMP (§3.4–3.7) and the delivery they make up (§4.3, §4.4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AckPacket } from '@rookery/mqtt-codec/packets';
import { endsWith, packet, VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
let publisher: TestClient;
beforeAll(async () => {
  broker = await startBroker();
  publisher = await broker.open();
});
afterAll(() => broker.stop());

const stored = (version: 4 | 5, clientId: string) => ({
  version,
  clientId,
  cleanStart: false,
  properties: version === 5 ? { sessionExpiryInterval: 60 } : {},
});
const ack = (client: TestClient, type: AckPacket['type'], packetId: number, reasonCode = 0) =>
  client.send({ type, packetId, reasonCode, properties: {} });

describe('QoS 1 to a client', () => {
  it('comes with a free identifier, DUP 0, and stays open until PUBACK [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.2-3] [MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT311-2.3.1-4] [MQTT311-4.3.2-1] [MQTT311-4.4.0-1] [MQTT311-3.3.1-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open(stored(version, `q1-${version}`));
      await client.subscribe(`q1/${version}`, { qos: 1 });
      for (const payload of ['1', '2', '3']) await publisher.publishAcknowledged(`q1/${version}`, payload);
      const sent = await client.nextPublishes(3);
      const ids = sent.map(({ packetId }) => packetId);
      expect(new Set(ids).size).toBe(3);
      expect(ids).not.toContain(0);
      expect(sent.map(({ dup }) => dup)).toEqual([false, false, false]);
      ack(client, 'puback', ids[1]!);
      await client.leave();
      const back = await broker.open(stored(version, `q1-${version}`));
      const again = await back.nextPublishes(2);
      expect(again.map(({ packetId, dup, payload }) => [packetId, dup, String(payload)])).toEqual([
        [ids[0], true, '1'],
        [ids[2], true, '3'],
      ]);
      for (const { packetId } of again) ack(back, 'puback', packetId);
      await back.leave();
      await (await broker.open(stored(version, `q1-${version}`))).nothing('publish');
    }
  });

  it('says nothing of the DUP flag that it came with [MQTT-3.3.1-3] [MQTT311-3.3.1-3]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      await client.subscribe(`dup/${version}`, { qos: 2 });
      const sender = await broker.open({ version });
      for (const qos of [1, 2] as const) sender.publish(`dup/${version}`, 'x', { qos, dup: true });
      expect((await client.nextPublishes(2)).map(({ dup }) => dup)).toEqual([false, false]);
    }
  });

  it('is done with an acknowledgement of error, and never sent again [MQTT-4.4.0-2]', async () => {
    const client = await broker.open(stored(5, 'refuses'));
    await client.subscribe('refused', { qos: 2 });
    await publisher.publishAcknowledged('refused', '1', { qos: 1 });
    await publisher.publishAcknowledged('refused', '2', { qos: 2 });
    const [one, two] = await client.nextPublishes(2);
    ack(client, 'puback', one!.packetId, 0x83);
    ack(client, 'pubrec', two!.packetId, 0x97);
    await client.nothing('pubrel');
    await client.leave();
    await (await broker.open(stored(5, 'refuses'))).nothing('publish');
  });
});

describe('packet identifiers', () => {
  it('start again after 65,535, and pass over one that is still in use [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT311-2.3.1-4]', async () => {
    for (const session of [{ clientId: 'wraps' }, stored(5, 'wraps-stored')]) {
      const topic = `wrap/${session.clientId}`;
      const client = await broker.open(session);
      await client.subscribe(topic, { qos: 1 });
      const sender = await broker.open();
      sender.publish(topic, 'never acknowledged', { qos: 1 });
      const [kept] = await client.nextPublishes(1);
      const count = 65_600;
      const taken = new Set<number>();
      for (let sent = 0; sent < count; ) {
        const burst = Math.min(50, count - sent);
        for (let i = 0; i < burst; i++) sender.publish(topic, '', { qos: 1 });
        for (const message of await client.nextPublishes(burst)) {
          taken.add(message.packetId);
          client.acknowledge(message);
        }
        sender.received.length = 0;
        sent += burst;
      }
      expect(taken.has(kept!.packetId)).toBe(false);
      expect(taken.size).toBe(65_534);
      await client.leave();
    }
  });
});

describe('QoS 1 from a client', () => {
  it('is a new message after PUBACK, whatever DUP says [MQTT-4.3.2-5] [MQTT311-4.3.2-2]', async () => {
    for (const version of VERSIONS) {
      const watcher = await broker.open({ version });
      await watcher.subscribe(`again/${version}`, { qos: 0 });
      const client = await broker.open({ version });
      for (const dup of [false, true]) {
        client.publish(`again/${version}`, 'x', { qos: 1, packetId: 7, dup });
        expect((await client.next('puback')).packetId).toBe(7);
      }
      await watcher.nextPublishes(2);
    }
  });
});

describe('QoS 2 from a client', () => {
  it('is delivered once until PUBREL, and answered each time [MQTT-4.3.3-10] [MQTT-4.3.3-12] [MQTT311-4.3.3-2]', async () => {
    for (const version of VERSIONS) {
      const watcher = await broker.open({ version });
      await watcher.subscribe(`once/${version}`, { qos: 0 });
      const client = await broker.open({ version });
      for (const dup of [false, true, true]) {
        client.publish(`once/${version}`, 'x', { qos: 2, packetId: 9, dup });
        expect((await client.next('pubrec')).packetId).toBe(9);
      }
      await watcher.nextPublishes(1);
      await watcher.nothing('publish');
      ack(client, 'pubrel', 9);
      expect((await client.next('pubcomp')).packetId).toBe(9);
      client.publish(`once/${version}`, 'new', { qos: 2, packetId: 9 });
      expect(String((await watcher.nextPublishes(1))[0]!.payload)).toBe('new');
    }
  });

  it('that was refused leaves its identifier free for a new message [MQTT-4.3.3-9]', async () => {
    const ruled = await startBroker({ policy: { accessRules: [{ effect: 'deny', action: 'publish', topic: 'no', subject: 'all' }] } });
    const watcher = await ruled.open();
    await watcher.subscribe('yes');
    const client = await ruled.open();
    client.publish('no', 'x', { qos: 2, packetId: 5 });
    expect((await client.next('pubrec')).reasonCode).toBe(0x87);
    client.publish('yes', 'x', { qos: 2, packetId: 5, dup: true });
    expect((await client.next('pubrec')).reasonCode).toBe(0);
    await watcher.nextPublishes(1);
    await ruled.stop();
  });

  it('goes on although its message has expired [MQTT-4.3.3-13]', async () => {
    const client = await broker.open();
    client.publish('expires', 'x', { qos: 2, packetId: 3, properties: { messageExpiryInterval: 1 } });
    await client.next('pubrec');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    ack(client, 'pubrel', 3);
    expect(await client.next('pubcomp')).toMatchObject({ packetId: 3, reasonCode: 0 });
  });
});

describe('QoS 2 to a client', () => {
  it('goes PUBLISH, PUBREL after PUBREC, all with one identifier that is free again after PUBCOMP [MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-3.6.2-1] [MQTT311-4.3.3-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version, clientId: `q2-plain-${version}` });
      await client.subscribe(`q2/${version}`, { qos: 2 });
      await publisher.publishAcknowledged(`q2/${version}`, 'x', { qos: 2 });
      const [message] = await client.nextPublishes(1);
      expect(message).toMatchObject({ qos: 2, dup: false });
      expect(message!.packetId).toBeGreaterThan(0);
      await client.nothing('pubrel');
      ack(client, 'pubrec', message!.packetId);
      expect(await client.next('pubrel')).toMatchObject({ packetId: message!.packetId, reasonCode: 0 });
      ack(client, 'pubcomp', message!.packetId);
      await client.ping();
      expect(broker.broker.state.sessions.get(`q2-plain-${version}`)!.inflight.size).toBe(0);
    }
  });

  it('is sent again with DUP until PUBREC, and from then on PUBREL alone until PUBCOMP [MQTT-4.3.3-3] [MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.4.0-1] [MQTT311-4.3.3-1] [MQTT311-4.4.0-1]', async () => {
    for (const version of VERSIONS) {
      const session = stored(version, `q2-${version}`);
      const client = await broker.open(session);
      await client.subscribe(`q2/again/${version}`, { qos: 2 });
      for (const payload of ['1', '2']) await publisher.publishAcknowledged(`q2/again/${version}`, payload, { qos: 2 });
      const [first, second] = await client.nextPublishes(2);
      ack(client, 'pubrec', first!.packetId);
      await client.next('pubrel');
      await client.leave();
      const back = await broker.open(session);
      expect((await back.next('pubrel')).packetId).toBe(first!.packetId);
      const [again] = await back.nextPublishes(1);
      expect(again).toMatchObject({ packetId: second!.packetId, dup: true, qos: 2 });
      await back.nothing('publish');
      ack(back, 'pubcomp', first!.packetId);
      ack(back, 'pubrec', second!.packetId);
      await back.next('pubrel');
      ack(back, 'pubcomp', second!.packetId);
      await back.leave();
      const last = await broker.open(session);
      await last.nothing('publish');
      await last.nothing('pubrel');
      await last.leave();
      await broker.open({ version, clientId: session.clientId });
    }
  });

  it('does not expire once it was sent [MQTT-4.3.3-7]', async () => {
    const session = stored(5, 'expiring');
    const client = await broker.open(session);
    await client.subscribe('q2/expiring', { qos: 2 });
    publisher.publish('q2/expiring', 'x', { qos: 2, packetId: 77, properties: { messageExpiryInterval: 1 } });
    const [message] = await client.nextPublishes(1);
    await client.leave();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const back = await broker.open(session);
    expect((await back.nextPublishes(1))[0]).toMatchObject({ packetId: message!.packetId, dup: true });
    ack(back, 'pubrec', message!.packetId);
    expect((await back.next('pubrel')).packetId).toBe(message!.packetId);
  });
});

describe('acknowledgements', () => {
  it('keep the order of what they answer, and so do messages sent again [MQTT311-4.6.0-1] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3] [MQTT311-4.6.0-4]', async () => {
    const sender = await broker.open({ version: 4 });
    const ids = [5, 3, 9, 1, 200, 2];
    for (const packetId of ids) sender.publish('order', 'x', { qos: 1, packetId });
    const acks = [];
    for (const _ of ids) acks.push((await sender.next('puback')).packetId);
    expect(acks).toEqual(ids);
    for (const packetId of ids) sender.publish('order', 'x', { qos: 2, packetId });
    const recs = [];
    for (const _ of ids) recs.push((await sender.next('pubrec')).packetId);
    expect(recs).toEqual(ids);
    const session = stored(4, 'orderly');
    const client = await broker.open(session);
    await client.subscribe('order/out', { qos: 2 });
    for (let i = 0; i < 6; i++) await publisher.publishAcknowledged('order/out', String(i), { qos: i % 2 === 0 ? 1 : 2 });
    const sent = await client.nextPublishes(6);
    const ofQos2 = sent.filter(({ qos }) => qos === 2).map(({ packetId }) => packetId);
    await client.leave();
    const back = await broker.open(session);
    expect((await back.nextPublishes(6)).map(({ packetId }) => packetId)).toEqual(sent.map(({ packetId }) => packetId));
    for (const packetId of ofQos2) ack(back, 'pubrec', packetId);
    const rels = [];
    for (const _ of ofQos2) rels.push((await back.next('pubrel')).packetId);
    expect(rels).toEqual(ofQos2);
  });

  it('for an identifier that nobody knows are answered with 0x92 in MQTT 5 [MQTT-3.7.2-1] [MQTT-3.6.2-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version });
      ack(client, 'pubrel', 4_000);
      expect(await client.next('pubcomp')).toMatchObject({ packetId: 4_000, reasonCode: version === 5 ? 0x92 : 0 });
      ack(client, 'pubrec', 4_001);
      expect(await client.next('pubrel')).toMatchObject({ packetId: 4_001, reasonCode: version === 5 ? 0x92 : 0 });
      ack(client, 'puback', 4_002);
      ack(client, 'pubcomp', 4_003);
      await client.ping();
    }
  });

  it('with reason codes of other packets end the connection [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]', async () => {
    for (const first of [0x40, 0x50, 0x62, 0x70]) {
      for (const code of [0x04, 0x81, 0xff]) await endsWith(broker, 5, packet(first, [0, 1, code]), 0x82);
    }
    for (const first of [0x40, 0x50]) await endsWith(broker, 5, packet(first, [0, 1, 0x92]), 0x82);
    for (const first of [0x62, 0x70]) await endsWith(broker, 5, packet(first, [0, 1, 0x10]), 0x82);
  });

  it('with wrong flags end the connection [MQTT-3.6.1-1] [MQTT-2.1.3-1] [MQTT311-3.6.1-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2]', async () => {
    for (const version of VERSIONS) {
      for (const first of [0x60, 0x61, 0x63, 0x66, 0x6a]) await endsWith(broker, version, packet(first, [0, 1]), 0x81);
      for (const first of [0x41, 0x52, 0x74, 0xc1]) await endsWith(broker, version, packet(first, first === 0xc1 ? [] : [0, 1]), 0x81);
    }
  });

  it('tell why in words to a client that asks for them, as far as it takes them [MQTT-3.4.2-2] [MQTT-3.5.2-2] [MQTT-3.1.2-29]', async () => {
    const ruled = await startBroker({ policy: { accessRules: [{ effect: 'deny', action: 'publish', topic: 'no', subject: 'all' }] } });
    const answers = async (properties: object) => {
      const client = await ruled.open({ properties });
      client.publish('no', 'x', { qos: 1, packetId: 1 });
      client.publish('no', 'x', { qos: 2, packetId: 2 });
      return [await client.next('puback'), await client.next('pubrec')].map((answer) => [
        answer.reasonCode,
        answer.properties.reasonString !== undefined,
      ]);
    };
    const words = (said: boolean) => [
      [0x87, said],
      [0x87, said],
    ];
    expect(await answers({ requestProblemInformation: 1 })).toEqual(words(true));
    expect(await answers({})).toEqual(words(false));
    expect(await answers({ requestProblemInformation: 1, maximumPacketSize: 20 })).toEqual(words(false));
    expect(await answers({ requestProblemInformation: 0 })).toEqual(words(false));
    await ruled.stop();
  });
});
