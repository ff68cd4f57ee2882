/** Clients that keep to the packets and break everything else: time, numbers, names, races. */
import type { PublishPacket } from '@rookery/mqtt-codec/packets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import { connectPacket, TestClient } from '../test-support/test-client.js';
import { TestRuntime } from '../test-support/test-runtime.js';

const kept = { sessionExpiryInterval: 100 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(async () => {
  expect(rig.errors).toEqual([]);
  await rig.stop();
});

describe('time', () => {
  it('keep alive ends a half-open connection at 1.5 times the interval, not before and not later, also under way [MQTT-3.1.2-22]', async () => {
    const begun = performance.now();
    const silent = await rig.open({ keepAliveSeconds: 1 });
    const busy = await rig.open({ keepAliveSeconds: 1 });
    const pings = setInterval(() => busy.send({ type: 'pingreq' }), 700);
    expect((await silent.next('disconnect')).reasonCode).toBe(0x8d);
    const after = performance.now() - begun;
    expect(after).toBeGreaterThan(1_480);
    expect(after).toBeLessThan(2_200);
    await sleep(1_500);
    expect(busy.isClosed).toBe(false);
    clearInterval(pings);
    const last = performance.now();
    await busy.next('disconnect');
    expect(performance.now() - last).toBeGreaterThan(790);
    expect(performance.now() - last).toBeLessThan(2_200);
  });

  it('what a client is sent does not keep it alive: it must speak itself [MQTT-3.1.2-22]', async () => {
    const listener = await rig.open({ keepAliveSeconds: 1 });
    await listener.subscribe('stream');
    const publisher = await rig.open();
    const timer = setInterval(() => publisher.publish('stream', 'x'), 50);
    expect((await listener.next('disconnect')).reasonCode).toBe(0x8d);
    clearInterval(timer);
  });

  it('a half-open client with a session misses nothing: it is sent again what it did not acknowledge', async () => {
    const client = await rig.open({ clientId: 'half', keepAliveSeconds: 1, properties: kept });
    await client.subscribe('half', { qos: 1 });
    const publisher = await rig.open();
    for (let i = 0; i < 5; i++) await publisher.publishAcknowledged('half', String(i));
    await client.closed;
    const back = await rig.open({ clientId: 'half', cleanStart: false, properties: kept });
    expect((await back.nextPublishes(5)).map(({ payload }) => payload.toString())).toEqual(['0', '1', '2', '3', '4']);
  });
});

describe('numbers', () => {
  it('a storm of 2,000 connects at once: all are answered, one who is already there is served meanwhile, nothing is left', async () => {
    const honest = await rig.open();
    await honest.subscribe('honest');
    const before = rig.broker.kernel.connectedClients;
    const clients = await Promise.all(Array.from({ length: 2_000 }, () => TestClient.dial(rig.where, 4)));
    for (const client of clients) client.send(connectPacket({ version: 4 }));
    honest.publish('honest', 'x');
    await honest.next('publish', 1_000);
    for (const client of clients) expect((await client.next('connack', 10_000)).reasonCode).toBe(0);
    for (const client of clients) client.socket.resetAndDestroy();
    await expect.poll(() => rig.broker.kernel.connectedClients, { timeout: 5_000 }).toBe(before);
    await expect.poll(() => rig.broker.connections.size, { timeout: 5_000 }).toBe(before);
  }, 30_000);

  it('a subscription bomb: 10,000 filters in one packet stop at the limit, each with its own code; the client may go on', async () => {
    const limit = rig.broker.policy.quotas.subscriptionsPerClientMax;
    const client = await rig.open();
    const one = { qos: 0 as const, noLocal: false, retainAsPublished: false, retainHandling: 0 as const };
    const subscriptions = Array.from({ length: 10_000 }, (_, i) => ({ filter: `bomb/${i}/+`, ...one }));
    client.send({ type: 'subscribe', packetId: 1, properties: {}, subscriptions });
    const { reasonCodes } = await client.next('suback');
    expect(reasonCodes.filter((code) => code === 0)).toHaveLength(limit);
    expect(reasonCodes.filter((code) => code === 0x97)).toHaveLength(10_000 - limit);
    await client.publishAcknowledged('bomb/5/x', 'x');
    expect((await client.next('publish')).topic).toBe('bomb/5/x');
    await client.leave();
    expect(rig.broker.routing.size).toBeLessThan(100);
  });

  it('overlapping wildcards of one client on one topic: 500 of them match in under 5 ms per message', async () => {
    const client = await rig.open();
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    for (let i = 0; i < 500; i++) {
      const filter = levels.map((level, bit) => ((i >> bit) & 1 ? '+' : level)).join('/');
      await client.subscribe(filter, { qos: 1 });
    }
    const publisher = await rig.open();
    const begun = process.cpuUsage();
    for (let i = 0; i < 20; i++) {
      await publisher.publishAcknowledged(levels.join('/'), 'x');
      client.acknowledge(await client.next('publish'));
    }
    expect(process.cpuUsage(begun).user / 1_000 / 20).toBeLessThan(5);
    await client.nothing('publish');
    await client.leave();
  });

  it('a topic bomb: 100,000 different topics leave no more than the cache of routes', async () => {
    const own = await TestRuntime.startProbed('memory-probe');
    const client = await TestClient.open(own.where);
    // As many as fill the cache twice, so that it holds the same number after each round.
    const round = async (from: number) => {
      for (let i = from; i < from + 100_000; i++) {
        client.publish(`t/${i}`, '');
        if (i % 5_000 === 0) await client.ping();
      }
      await client.ping();
    };
    await round(0);
    const before = await own.memoryInUse();
    await round(100_000);
    expect((await own.memoryInUse()) - before).toBeLessThan(1024 * 1024);
    await own.kill();
  }, 30_000);

  it('a topic bomb of long topics: 2,000 of 60,000 characters leave no more than the cache of routes may hold', async () => {
    const own = await startBroker();
    const client = await own.open();
    for (let i = 0; i < 2_000; i++) {
      client.publish(`${i}${'x'.repeat(60_000)}`, '');
      if (i % 50 === 0) await client.ping();
    }
    await client.ping();
    expect(own.broker.routing.cached).toBeLessThan(200);
    await own.stop();
  }, 30_000);

  it('clients that are gone are not remembered by the topics they took', async () => {
    const own = await startBroker();
    const client = await own.open();
    await client.subscribe('gone/#');
    for (let i = 0; i < 1_000; i++) client.publish(`gone/${i}`, '');
    await client.nextPublishes(1_000);
    expect(own.broker.routing.cached).toBeGreaterThanOrEqual(1_000);
    await client.leave();
    await expect.poll(() => own.broker.routing.cached, { timeout: 5_000 }).toBeLessThan(10);
    await own.stop();
  });

  it('packet identifiers: 65,535 messages that nobody acknowledges wait in the queue, and go on in order when the window opens', async () => {
    const own = await startBroker({ policy: { quotas: { inflightMax: 65_535, queueLengthMax: 70_000 } } });
    const client = await own.open({ clientId: 'ids', properties: { receiveMaximum: 65_535 } });
    await client.subscribe('ids', { qos: 1 });
    const packet = { cmd: 'publish', topic: 'ids', qos: 1 as const, retain: false, dup: false };
    for (let i = 0; i < 65_600; i++) own.broker.kernel.publish({ ...packet, payload: Buffer.from(String(i)) }, null, () => {});
    await expect.poll(() => client.received.length, { timeout: 30_000 }).toBe(65_535);
    const first = client.received.splice(0) as PublishPacket[];
    expect(new Set(first.map(({ packetId }) => packetId)).size).toBe(65_535);
    await client.nothing('publish');
    for (const message of first.slice(0, 65)) client.acknowledge(message);
    const rest = await client.nextPublishes(65);
    expect(rest.map(({ payload }) => payload.toString())).toEqual(Array.from({ length: 65 }, (_, i) => String(65_535 + i)));
    expect(rest.map(({ packetId }) => packetId)).toEqual(first.slice(0, 65).map(({ packetId }) => packetId));
    await own.stop();
  }, 60_000);
});

describe('acknowledgements', () => {
  it('out of order or twice: each message is done once, the others stay, and nothing is sent twice', async () => {
    const client = await rig.open({ clientId: 'acks', properties: kept });
    await client.subscribe('acks', { qos: 1 });
    const publisher = await rig.open();
    for (let i = 0; i < 6; i++) await publisher.publishAcknowledged('acks', String(i));
    const messages = await client.nextPublishes(6);
    for (const i of [4, 1, 4, 1, 5]) client.acknowledge(messages[i]!);
    await client.ping();
    await client.cut();
    const back = await rig.open({ clientId: 'acks', cleanStart: false, properties: kept });
    expect((await back.nextPublishes(3)).map(({ payload, dup }) => [payload.toString(), dup])).toEqual([
      ['0', true],
      ['2', true],
      ['3', true],
    ]);
    await back.nothing('publish');
  });

  it('QoS 2: PUBREC and PUBCOMP twice, PUBREL for nothing: answered, delivered once, the identifier free again', async () => {
    const client = await rig.open({ clientId: 'acks2', properties: kept });
    await client.subscribe('acks2', { qos: 2 });
    const publisher = await rig.open();
    for (let i = 0; i < 2; i++) publisher.publish('acks2', 'x', { qos: 2, packetId: 9, dup: i > 0 });
    publisher.send({ type: 'pubrel', packetId: 9, reasonCode: 0, properties: {} });
    publisher.send({ type: 'pubrel', packetId: 9, reasonCode: 0, properties: {} });
    expect(new Set([(await publisher.next('pubcomp')).reasonCode, (await publisher.next('pubcomp')).reasonCode])).toEqual(
      new Set([0, 0x92]),
    );
    const { packetId } = await client.next('publish');
    const answer = (type: 'pubrec' | 'pubcomp') => client.send({ type, packetId, reasonCode: 0, properties: {} });
    answer('pubrec');
    answer('pubrec');
    await client.next('pubrel');
    await client.next('pubrel');
    answer('pubcomp');
    answer('pubcomp');
    await client.nothing('publish');
    expect(rig.broker.state.sessions.get('acks2')!.inflight.size).toBe(0);
  });
});

describe('races', () => {
  it('ten connections with one client identifier at the same moment: one is live, nine hear 0x8E, the session is whole', async () => {
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(Array.from({ length: 10 }, () => TestClient.dial(rig.where, 5)));
      for (const client of clients) client.send(connectPacket({ clientId: 'wanted', cleanStart: false, properties: kept }));
      // Whose bytes were read last is not said by who was first to write.
      await expect.poll(() => clients.filter(({ isClosed }) => isClosed).length).toBe(9);
      const last = clients.find(({ isClosed }) => !isClosed)!;
      expect((await last.next('connack')).sessionPresent).toBe(true);
      for (const client of clients)
        if (client !== last)
          expect(client.received.some((packet) => packet.type === 'disconnect' && packet.reasonCode === 0x8e)).toBe(true);
      await last.subscribe(`wanted/${round}`);
      await last.cut();
    }
    expect(rig.broker.state.sessions.get('wanted')!.subscriptions.size).toBe(20);
  });

  it('a take-over between PUBLISH and PUBACK delivers the message again to the new connection, with DUP and its identifier', async () => {
    const first = await rig.open({ clientId: 'between', properties: kept });
    await first.subscribe('between', { qos: 2 });
    await (await rig.open()).publishAcknowledged('between', 'x', { qos: 2 });
    const { packetId } = await first.next('publish');
    const second = await rig.open({ clientId: 'between', cleanStart: false, properties: kept });
    expect(await second.next('publish')).toMatchObject({ packetId, dup: true });
    first.socket.destroy();
  });
});

describe('names', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'];

  it.each(NAMES)('%s is a client identifier, a user name, a topic and a share like any other', async (name) => {
    const client = await rig.open({ clientId: name, username: name, properties: kept });
    expect(client.connack).toMatchObject({ reasonCode: 0, sessionPresent: false });
    expect((await client.subscribe(name, { qos: 1 })).reasonCodes).toEqual([1]);
    expect((await client.subscribe(`$share/${name}/${name}/+`, { qos: 1 })).reasonCodes).toEqual([1]);
    const will = { topic: `${name}/will`, payload: Buffer.from('w'), qos: 0 as const, retain: false, properties: {} };
    const other = await rig.open({ will });
    await other.publishAcknowledged(name, 'plain', { retain: true, properties: { userProperties: [[name, name]] } });
    await other.publishAcknowledged(`${name}/x`, 'shared');
    const got = await client.nextPublishes(2);
    expect(got.map(({ topic }) => topic).sort()).toEqual([name, `${name}/x`].sort());
    for (const message of got) client.acknowledge(message);
    await other.cut();
    expect((await client.next('publish')).topic).toBe(`${name}/will`);
    const taken = await rig.open({ clientId: name, username: name, cleanStart: false, properties: kept });
    expect(taken.connack.sessionPresent).toBe(true);
    await client.closed;
    await taken.leave();
    expect((await rig.open({ clientId: name, username: name, cleanStart: true })).connack.sessionPresent).toBe(false);
    await other.closed;
  });

  it('nobody else is any of them', async () => {
    for (const name of NAMES) {
      expect(rig.broker.kernel.clientOf(`${name}!`)).toBeUndefined();
      expect(rig.broker.state.retained.byTopic.get(`${name}!`)).toBeUndefined();
    }
    const reader = await rig.open();
    await reader.subscribe('+');
    const retained = await reader.nextPublishes(NAMES.length);
    expect(retained.map(({ topic }) => topic).sort()).toEqual([...NAMES].sort());
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
