/** The RETAIN flag (§3.3.1.3) and what subscriptions do with it (§3.8.3.1). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSIONS } from '../test-support/raw-packets.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
let publisher: TestClient;
beforeAll(async () => {
  broker = await startBroker();
  publisher = await broker.open();
});
afterAll(() => broker.stop());

/** What a new subscription to the topic gets. */
async function retainedAt(topic: string, version: 4 | 5 = 5): Promise<[string, number, boolean][]> {
  const client = await broker.open({ version });
  await client.subscribe(topic, { qos: 2 });
  await client.ping();
  await client.ping();
  return client.received.flatMap((heard) => (heard.type === 'publish' ? [[String(heard.payload), heard.qos, heard.retain]] : []));
}

const keep = (topic: string, payload: string, qos: 1 | 2 = 1) => publisher.publishAcknowledged(topic, payload, { qos, retain: true });

describe('RETAIN', () => {
  it('replaces what was retained, and later subscribers get it at its QoS with the flag set [MQTT-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-6] [MQTT311-3.3.1-8]', async () => {
    for (const version of VERSIONS) {
      await keep(`kept/${version}`, 'old', 2);
      await keep(`kept/${version}`, 'new', 1);
      expect(await retainedAt(`kept/${version}`, version)).toEqual([['new', 1, true]]);
    }
  });

  it('at QoS 0 replaces what was retained too [MQTT311-3.3.1-7]', async () => {
    await keep('kept/q0', 'old', 2);
    publisher.publish('kept/q0', 'new', { retain: true });
    await publisher.ping();
    expect(await retainedAt('kept/q0', 4)).toEqual([['new', 0, true]]);
  });

  it('with an empty message is delivered, removes what was retained, and is not retained itself [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT311-3.3.1-10] [MQTT311-3.3.1-11]', async () => {
    for (const version of VERSIONS) {
      const topic = `cleared/${version}`;
      await keep(topic, 'old');
      const watcher = await broker.open({ version });
      await watcher.subscribe(topic, { qos: 1 });
      await watcher.nextPublishes(1);
      await keep(topic, '');
      expect((await watcher.nextPublishes(1))[0]).toMatchObject({ payload: Buffer.alloc(0), retain: false });
      expect(await retainedAt(topic, version)).toEqual([]);
    }
  });

  it('that is not set leaves retained messages as they are [MQTT-3.3.1-8] [MQTT311-3.3.1-12]', async () => {
    for (const version of VERSIONS) {
      await keep(`stays/${version}`, 'kept');
      await publisher.publishAcknowledged(`stays/${version}`, 'passing');
      await publisher.publishAcknowledged(`stays/${version}`, '');
      expect(await retainedAt(`stays/${version}`, version)).toEqual([['kept', 1, true]]);
      await publisher.publishAcknowledged(`never/${version}`, 'passing');
      expect(await retainedAt(`never/${version}`, version)).toEqual([]);
    }
  });

  it('is cleared for standing subscriptions unless they ask for it as published [MQTT-3.3.1-12] [MQTT-3.3.1-13] [MQTT311-3.3.1-9]', async () => {
    const plain = [await broker.open({ version: 4 }), await broker.open({ version: 5 })];
    for (const client of plain) await client.subscribe('flag', { qos: 1 });
    const asPublished = await broker.open();
    await asPublished.subscribe('flag', { qos: 1, retainAsPublished: true });
    await keep('flag', 'retained');
    await publisher.publishAcknowledged('flag', 'not');
    for (const client of plain) expect((await client.nextPublishes(2)).map(({ retain }) => retain)).toEqual([false, false]);
    expect((await asPublished.nextPublishes(2)).map(({ retain }) => retain)).toEqual([true, false]);
  });

  it('has Retain Handling obeyed: 0 always, 1 with new subscriptions, 2 never [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]', async () => {
    await keep('handling', 'kept');
    const heard = async (retainHandling: 0 | 1 | 2) => {
      const client = await broker.open();
      const counts = [];
      for (let i = 0; i < 2; i++) {
        await client.subscribe('handling', { qos: 1, retainHandling });
        await client.ping();
        await client.ping();
        const messages = client.received.filter(({ type }) => type === 'publish');
        counts.push(messages.length);
        client.received.length = 0;
      }
      return counts;
    };
    expect(await heard(0)).toEqual([1, 1]);
    expect(await heard(1)).toEqual([1, 0]);
    expect(await heard(2)).toEqual([0, 0]);
  });

  it('has retained messages sent again when a subscription is replaced, and nothing is lost meanwhile [MQTT-3.8.4-3] [MQTT-3.8.4-4] [MQTT311-3.8.4-3]', async () => {
    for (const version of VERSIONS) {
      const topic = `replaced/${version}`;
      await keep(topic, 'kept');
      const client = await broker.open({ version, clientId: `replaces-${version}` });
      await client.subscribe(topic, { qos: 0 });
      expect((await client.nextPublishes(1))[0]!.qos).toBe(0);
      for (let i = 0; i < 20; i++) publisher.publish(topic, String(i), { qos: 1 });
      await client.subscribe(topic, { qos: 1 });
      for (let i = 20; i < 40; i++) publisher.publish(topic, String(i), { qos: 1 });
      const messages = await client.nextPublishes(41);
      const numbers = messages.filter(({ retain }) => !retain).map(({ payload }) => Number(payload));
      expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => i));
      expect(messages.filter(({ retain }) => retain).map(({ payload, qos }) => [String(payload), qos])).toEqual([['kept', 1]]);
      expect(broker.broker.state.sessions.get(`replaces-${version}`)!.subscriptions.size).toBe(1);
    }
  });
});
