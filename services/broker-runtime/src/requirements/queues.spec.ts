/** What waits for a session that is offline or slow. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker, type TestBrokerOptions } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
afterEach(() => broker.stop());

const SESSION = { clientId: 'away', cleanStart: false, properties: { sessionExpiryInterval: 600 } };

/** A session that has subscribed and left, and a publisher. */
async function away(
  policy: TestBrokerOptions['policy'],
  filters: [string, 0 | 1 | 2][] = [['#', 1]],
  dataFolder?: string,
): Promise<TestClient> {
  broker = await startBroker({ policy, ...(dataFolder !== undefined && { dataFolder }) });
  const client = await broker.open(SESSION);
  for (const [filter, qos] of filters) await client.subscribe(filter, { qos });
  await client.leave();
  return broker.open();
}

/** What the session gets when it is back, all acknowledged. */
async function drain(count: number): Promise<string[]> {
  const client = await broker.open(SESSION);
  const got: string[] = [];
  while (got.length < count) {
    const [message] = await client.nextPublishes(1);
    got.push(String(message!.payload));
    if (message!.qos > 0) client.acknowledge(message!);
  }
  await client.nothing('publish');
  return got;
}

describe('queues of sessions', () => {
  it('hold 1,000 messages unless the policy says otherwise', async () => {
    const publisher = await away({});
    for (let i = 0; i < 1_005; i++) publisher.publish('t', String(i), { qos: 1 });
    for (let i = 0; i < 1_005; i++) await publisher.next('puback');
    const got = await drain(1_000);
    expect([got[0], got.at(-1), got.length]).toEqual(['5', '1004', 1_000]);
  });

  it('give up their oldest message when full, and count it', async () => {
    const publisher = await away({ quotas: { queueLengthMax: 2 } });
    for (const payload of ['1', '2', '3']) expect(await publisher.publishAcknowledged('t', payload)).toBe(0);
    expect(broker.broker.counters.messagesDropped).toBe(1);
    expect(await drain(2)).toEqual(['2', '3']);
  });

  it('refuse the new message when full and told so; the publisher hears 0x97 if nobody else takes it', async () => {
    const publisher = await away({ quotas: { queueLengthMax: 2 }, queues: { dropPolicy: 'refuse' } });
    const codes = [];
    for (const payload of ['1', '2', '3']) codes.push(await publisher.publishAcknowledged('t', payload));
    expect(codes).toEqual([0, 0, 0x97]);
    const other = await broker.open();
    await other.subscribe('t', { qos: 1 });
    expect(await publisher.publishAcknowledged('t', '4')).toBe(0);
    expect(String((await other.nextPublishes(1))[0]!.payload)).toBe('4');
    expect(await drain(2)).toEqual(['1', '2']);
  });

  for (const stored of [true, false])
    it(`of members of a shared subscription that ${stored ? 'are' : 'are not'} stored refuse when full: another member gets it, else the publisher hears 0x97`, async () => {
      broker = await startBroker({ policy: { quotas: { queueLengthMax: 2 }, queues: { dropPolicy: 'refuse' } } });
      const member = (clientId: string) =>
        broker.open({ clientId, cleanStart: false, properties: { receiveMaximum: 1, ...(stored && { sessionExpiryInterval: 600 }) } });
      const members = [await member('a'), await member('b')];
      for (const each of members) await each.subscribe('$share/g/t', { qos: 1 });
      const publisher = await broker.open();
      // One is on its way to each, two wait for each; the last finds no place.
      const codes = [];
      for (let i = 0; i < 7; i++) codes.push(await publisher.publishAcknowledged('t', String(i)));
      expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0x97]);
      // The turn would be that of the first, and then again: only the second has a place.
      const [first] = await members[1]!.nextPublishes(1);
      members[1]!.acknowledge(first!);
      await members[1]!.nextPublishes(1);
      for (const payload of ['7', '8']) codes.push(await publisher.publishAcknowledged('t', payload));
      expect(codes.slice(7)).toEqual([0, 0x97]);
      const queues = ['a', 'b'].map((id) => [...broker.broker.state.sessions.get(id)!.outgoing()].length);
      expect(queues).toEqual([3, 3]);
    });

  it('never give up a message that was sent and not acknowledged', async () => {
    broker = await startBroker({ policy: { quotas: { queueLengthMax: 1 } } });
    const client = await broker.open(SESSION);
    await client.subscribe('t', { qos: 1 });
    const publisher = await broker.open();
    for (const payload of ['sent 1', 'sent 2']) await publisher.publishAcknowledged('t', payload);
    await client.nextPublishes(2);
    await client.leave();
    for (const payload of ['3', '4']) await publisher.publishAcknowledged('t', payload);
    expect(await drain(3)).toEqual(['sent 1', 'sent 2', '4']);
  });

  it('hold no QoS 0 unless that is switched on', async () => {
    const publisher = await away({});
    publisher.publish('t', 'qos 0');
    await publisher.publishAcknowledged('t', 'qos 1');
    expect(await drain(1)).toEqual(['qos 1']);
  });

  it('hold QoS 0 when that is switched on, in order, also over a restart', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rookery-queues-'));
    const publisher = await away({ queues: { storeQos0: true } }, [['t', 0]], dataFolder);
    for (const payload of ['1', '2', '3']) publisher.publish('t', payload);
    await publisher.publishAcknowledged('t', '4');
    await broker.stop();
    broker = await startBroker({ dataFolder, policy: { queues: { storeQos0: true } } });
    const client = await broker.open(SESSION);
    const messages = await client.nextPublishes(4);
    expect(messages.map(({ payload, qos, dup }) => [String(payload), qos, dup])).toEqual(
      ['1', '2', '3', '4'].map((payload) => [payload, 0, false]),
    );
    await client.leave();
    const back = await broker.open(SESSION);
    await back.nothing('publish');
  });

  it('send topics of higher priority first, and each topic in order [MQTT-4.6.0-6]', async () => {
    const topicPriorities = [
      { topic: 'alarm/#', priority: 9 },
      { topic: 'state/+', priority: 5 },
    ];
    const publisher = await away({ queues: { topicPriorities } });
    for (const topic of ['log', 'state/a', 'alarm/x', 'log', 'state/a', 'alarm/x'])
      await publisher.publishAcknowledged(topic, `${topic} ${broker.broker.counters.messagesReceived}`);
    expect(await drain(6)).toEqual(['alarm/x 2', 'alarm/x 5', 'state/a 1', 'state/a 4', 'log 0', 'log 3']);
  });

  it('give up messages of the lowest priority first', async () => {
    const publisher = await away({ quotas: { queueLengthMax: 2 }, queues: { topicPriorities: [{ topic: 'alarm', priority: 1 }] } });
    for (const topic of ['alarm', 'log', 'alarm']) await publisher.publishAcknowledged(topic, topic);
    expect(await drain(2)).toEqual(['alarm', 'alarm']);
  });

  it('give up a message that has waited for longer than the policy allows', async () => {
    const publisher = await away({ queues: { waitSecondsMax: 1 } });
    await publisher.publishAcknowledged('t', 'old');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await publisher.publishAcknowledged('t', 'new');
    expect(await drain(1)).toEqual(['new']);
  });

  it('are sent in steps between which others are served', async () => {
    const count = 900;
    const publisher = await away({ queues: { storeQos0: true } }, [['t', 0]]);
    for (let i = 0; i < count; i++) publisher.publish('t', String(i));
    await publisher.ping();
    const back = await broker.open(SESSION);
    const session = broker.broker.state.sessions.get('away')!;
    const waits: number[] = [];
    for (let turns = 0; session.queueLength > 0 && turns < 100; turns++) {
      waits.push(session.queueLength);
      await new Promise(setImmediate);
    }
    expect((await back.nextPublishes(count)).map(({ payload }) => Number(payload))).toEqual(Array.from({ length: count }, (_, i) => i));
    for (const [i, length] of waits.entries()) if (i > 0) expect(waits[i - 1]! - length).toBeLessThanOrEqual(2 * 128);
    expect(waits.length).toBeGreaterThan(1);
  });
});
