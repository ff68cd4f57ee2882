/** aedes is the kernel and no decoration: what it does not pass on does not happen, and what it changes is changed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../test-support/test-broker.js';

const kept = { sessionExpiryInterval: 100 };

describe('with aedes.publish taken away', () => {
  it('nothing is delivered, stored or acknowledged: QoS 0, 1 and 2, MQTT 3.1.1 and 5, retained, wills, shared subscriptions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rk-real-'));
    const rig = await startBroker({ dataFolder: folder });
    const subscriber = await rig.open({ clientId: 'sub', properties: kept });
    await subscriber.subscribe('#', { qos: 2 });
    await subscriber.subscribe('$share/g/#', { qos: 2 });
    await (await rig.open({ clientId: 'away', properties: kept })).subscribe('#', { qos: 2 });
    const will = { topic: 'will', payload: Buffer.from('x'), qos: 1 as const, retain: true, properties: {} };
    const publishers = [await rig.open({ will }), await rig.open({ version: 4, will })];
    const { aedes } = rig.broker.kernel;
    const { bytes } = rig.broker.store;
    const publish = aedes.publish.bind(aedes);
    aedes.publish = () => {};
    for (const publisher of publishers) {
      for (const qos of [0, 1, 2] as const) publisher.publish(`t/${qos}`, 'x', { qos, retain: true });
      for (const type of ['puback', 'pubrec'] as const) await publisher.nothing(type);
      await publisher.cut();
    }
    await subscriber.nothing('publish');
    const { state, counters, store } = rig.broker;
    expect([state.retained.size, state.messages.size, state.queued, counters.messagesSent]).toEqual([0, 0, 0, 0]);
    // Only the identifiers of the QoS 2 messages and the ends of the wills, no message.
    expect(store.bytes - bytes).toBeLessThan(500);
    // The same client is served as soon as aedes is back.
    aedes.publish = publish;
    expect(await (await rig.open()).publishAcknowledged('back', 'x')).toBe(0);
    expect((await subscriber.next('publish')).topic).toBe('back');
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  it('no other broker hears of a new client, so that nobody is taken over', async () => {
    const rig = await startBroker();
    const heard: string[] = [];
    rig.broker.kernel.aedes.subscribe(
      '$SYS/+/new/clients',
      (packet, done) => {
        heard.push(String(packet.payload));
        done();
      },
      () => {},
    );
    await rig.open({ clientId: 'first' });
    const { aedes } = rig.broker.kernel;
    aedes.publish = () => {};
    await rig.open({ clientId: 'second' });
    expect(heard).toEqual(['first']);
    await rig.stop();
  });
});

describe('an aedes hook', () => {
  it.each([4, 5] as const)(
    'that changes topic and payload changes what subscribers, queues and retained messages hold (version %d)',
    async (version) => {
      const rig = await startBroker();
      const { kernel, state } = rig.broker;
      const away = await rig.open({ clientId: 'away', properties: kept });
      await away.subscribe('changed', { qos: 2 });
      await away.leave();
      const subscriber = await rig.open({ version });
      await subscriber.subscribe('changed', { qos: 2 });
      await subscriber.subscribe('original', { qos: 2 });
      kernel.aedes.authorizePublish = (_client, packet, done) => {
        packet.topic = 'changed';
        packet.payload = Buffer.from('by hook');
        setImmediate(() => done(null));
      };
      const publisher = await rig.open({ version });
      await publisher.publishAcknowledged('original', 'x', { retain: true });
      await publisher.publishAcknowledged('original', 'x', { qos: 2 });
      publisher.publish('original', 'x');
      for (const { topic, payload } of await subscriber.nextPublishes(3))
        expect([topic, payload.toString()]).toEqual(['changed', 'by hook']);
      expect([...state.retained.byTopic].map(([topic, { publication }]) => [topic, publication.payload.toString()])).toEqual([
        ['changed', 'by hook'],
      ]);
      const queue = [...state.sessions.get('away')!.outgoing()].map(({ publication }) => publication.payload.toString());
      expect(queue).toEqual(['by hook', 'by hook']);
      await rig.stop();
    },
  );

  it('that refuses stops the message: nothing is delivered or retained, and QoS 1 hears it', async () => {
    const rig = await startBroker();
    const subscriber = await rig.open();
    await subscriber.subscribe('#', { qos: 1 });
    rig.broker.kernel.aedes.authorizePublish = (_client, _packet, done) => done(new Error('not this one'));
    const publisher = await rig.open();
    expect(await publisher.publishAcknowledged('a', 'x', { retain: true })).toBeGreaterThanOrEqual(0x80);
    await subscriber.nothing('publish');
    expect(rig.broker.state.retained.size).toBe(0);
    await rig.stop();
  });
});

describe('whoever looks at messages', () => {
  const sent = Array.from({ length: 50 }, (_, i) => `message ${i}`);

  it.each([4, 5] as const)(
    'hears each as it was, and may keep it: listeners of a topic and of every publish (version %d)',
    async (version) => {
      const rig = await startBroker();
      const { aedes } = rig.broker.kernel;
      const subscriber = await rig.open({ version });
      await subscriber.subscribe('t', { qos: 0 });
      const publisher = await rig.open({ version });
      const heard: { topic: string; payload: Buffer | string }[] = [];
      const keep = (packet: { topic: string; payload: Buffer | string }) => void heard.push(packet);
      aedes.subscribe(
        't',
        (packet, done) => {
          keep(packet);
          done();
        },
        () => {},
      );
      const publishAll = async () => {
        for (const text of sent) publisher.publish('t', text);
        const received = await subscriber.nextPublishes(sent.length);
        expect(received.map(({ payload }) => payload.toString())).toEqual(sent);
      };
      await publishAll();
      // What follows is read into the same memory.
      await publishAll();
      expect(heard.map(({ payload }) => payload.toString())).toEqual([...sent, ...sent]);
      heard.length = 0;
      aedes.on('publish', keep);
      await publishAll();
      await publishAll();
      const ours = heard.filter(({ topic }) => topic === 't');
      const twice = sent.flatMap((text) => [text, text]);
      expect(ours.map(({ payload }) => payload.toString())).toEqual([...twice, ...twice]);
      await rig.stop();
    },
  );
});
