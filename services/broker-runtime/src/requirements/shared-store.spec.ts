/** STORE_URL: two runtimes of the shipped bundle, one real Redis (docs/reference/shared-store.md). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../test-support/redis-server.js';
import { TestRuntime } from '../test-support/test-runtime.js';

const WITHOUT = 'neither redis-server nor valkey-server is installed';
let redis: TestRedis | null;
let a: TestRuntime;
let b: TestRuntime;

beforeAll(async () => {
  redis = await startRedis();
  if (redis === null) return;
  a = await TestRuntime.startWithStore(redis.url);
  b = await TestRuntime.startWithStore(redis.url);
});
afterAll(async () => {
  if (redis === null) return;
  await a.kill();
  await b.kill();
  await redis.stop();
});

describe('two runtimes on one Redis', () => {
  it.for([0, 1, 2] as const)(
    'what is published on one reaches subscribers of both, once and in order, at QoS %d',
    async (qos, { skip }) => {
      if (redis === null) return skip(WITHOUT);
      const near = await a.open();
      const far = await b.open({ version: 4 });
      for (const subscriber of [near, far]) await subscriber.subscribe(`both/${qos}/#`, { qos });
      const publisher = await a.open();
      const properties = { contentType: 'text/plain', userProperties: [['k', 'v']] as [string, string][] };
      const sent = Array.from({ length: 50 }, (_, i) => String(i));
      for (const payload of sent) {
        if (qos === 0) publisher.publish(`both/${qos}/x`, payload, { properties });
        else await publisher.publishAcknowledged(`both/${qos}/x`, payload, { qos, properties });
      }
      for (const subscriber of [near, far]) {
        const got = await subscriber.nextPublishes(sent.length);
        expect(got.map(({ payload }) => payload.toString())).toEqual(sent);
      }
      await far.nothing('publish');
      const fresh = await b.open();
      await fresh.subscribe(`both/${qos}/#`, { qos });
      publisher.publish(`both/${qos}/y`, 'with properties', { qos: 0, properties });
      expect((await fresh.next('publish')).properties).toEqual(properties);
    },
  );

  it('a retained message set, replaced or cleared on one is that on both, also for one that starts later', async ({ skip }) => {
    if (redis === null) return skip(WITHOUT);
    const publisher = await a.open();
    for (const [topic, payload] of [
      ['r/1', 'one'],
      ['r/2', 'two'],
      ['r/1', 'one again'],
      ['r/2', ''],
    ] as const)
      await publisher.publishAcknowledged(topic, payload, { retain: true });
    const c = await TestRuntime.startWithStore(redis.url);
    for (const runtime of [a, b, c]) {
      const reader = await runtime.open();
      await reader.subscribe('r/#');
      const message = await reader.next('publish');
      expect([message.topic, message.payload.toString(), message.retain]).toEqual(['r/1', 'one again', true]);
      await reader.nothing('publish');
    }
    await c.kill();
  });

  it('retained messages of two publishers at once on both: both runtimes come to hold the same', async ({ skip }) => {
    if (redis === null) return skip(WITHOUT);
    const publishers = [await a.open(), await b.open()];
    await Promise.all(
      publishers.map(async (publisher, p) => {
        for (let i = 0; i < 100; i++) await publisher.publishAcknowledged(`race/${i % 5}`, `${p}:${i}`, { retain: true });
      }),
    );
    const held = await Promise.all(
      [a, b].map(async (runtime) => {
        const reader = await runtime.open();
        await new Promise((wake) => setTimeout(wake, 100));
        await reader.subscribe('race/#');
        return (await reader.nextPublishes(5)).map(({ topic, payload }) => `${topic} ${payload.toString()}`).sort();
      }),
    );
    expect(held[0]).toEqual(held[1]);
  });

  it('a client that connects on one is taken over from the other: 0x8E, and its place is free [MQTT-3.1.4-3]', async ({ skip }) => {
    if (redis === null) return skip(WITHOUT);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const witness = await to.open();
      await witness.subscribe('wanderer');
      const old = await from.open({ clientId: 'wanderer' });
      // What comes through Redis after the news of its connection: else that could end the newer one.
      old.publish('wanderer', 'here');
      await witness.next('publish');
      await witness.leave();
      const moved = await to.open({ clientId: 'wanderer' });
      expect((await old.next('disconnect')).reasonCode).toBe(0x8e);
      await old.closed;
      await moved.ping();
      await moved.leave();
    }
  });

  it('what Redis does not keep is refused: sessions end with their connection, and CONNACK says so; shared subscriptions 0x9E', async ({
    skip,
  }) => {
    if (redis === null) return skip(WITHOUT);
    const client = await a.open({ clientId: 'kept', properties: { sessionExpiryInterval: 100 } });
    expect(client.connack.properties).toMatchObject({ sessionExpiryInterval: 0, sharedSubscriptionAvailable: 0 });
    expect((await client.subscribe('$share/g/x')).reasonCodes).toEqual([0x9e]);
    await client.leave();
    expect((await a.open({ clientId: 'kept', cleanStart: false })).connack.sessionPresent).toBe(false);
  });

  it('the will of a client whose runtime was killed is published by the one that lives', async ({ skip }) => {
    if (redis === null) return skip(WITHOUT);
    const c = await TestRuntime.startWithStore(redis.url);
    const watcher = await b.open({ keepAliveSeconds: 0 });
    await watcher.subscribe('will/#');
    const will = { topic: 'will/of', payload: Buffer.from('gone'), qos: 1 as const, retain: false, properties: {} };
    await (await c.open({ will })).ping();
    await c.kill();
    expect((await watcher.next('publish', 60_000)).payload.toString()).toBe('gone');
  }, 70_000);

  it('without Redis, QoS 1 is refused with 0x97, QoS 0 reaches those here, and all works again when Redis is back', async ({ skip }) => {
    const own = await startRedis();
    if (own === null) return skip(WITHOUT);
    const runtime = await TestRuntime.startWithStore(own.url);
    const client = await runtime.open();
    await client.subscribe('x');
    await own.stop();
    await expect.poll(() => client.publishAcknowledged('x', '1'), { timeout: 5_000 }).toBe(0x97);
    client.received.length = 0;
    client.publish('x', 'here');
    expect((await client.next('publish')).payload.toString()).toBe('here');
    expect(runtime.process.exitCode).toBeNull();
    await runtime.kill();
  });
});

describe('STORE_URL', () => {
  const cases: [string, string[], number, string][] = [
    ['redis://127.0.0.1:1', [], 69, 'The store cannot be reached'],
    ['redis://127.0.0.1:1', ['--durability', 'durable'], 78, 'STORE_UNSUPPORTED: --durability durable'],
    ['redis://127.0.0.1:1', ['--store-bytes-max', '1000'], 78, 'STORE_UNSUPPORTED: --store-bytes-max'],
    ['redis://127.0.0.1:1', ['--data', '/tmp/x'], 78, 'not both'],
    ['mongodb://127.0.0.1', [], 78, 'STORE_UNSUPPORTED: there is no store of the kind mongodb:'],
    ['nonsense', [], 78, 'no URL'],
  ];
  it.each(cases)('%s %j ends with its exit code and says why', async (url, args, code, words) => {
    const runtime = await TestRuntime.startWithStore(url, ...args);
    expect(await runtime.exited).toBe(code);
    expect(runtime.output).toContain(words);
  });

  it('no other broker carries the packages for Redis: they are a file of their own', () => {
    const bundle = (name: string) => readFileSync(fileURLToPath(new URL(`../../dist/${name}.mjs`, import.meta.url)), 'utf8');
    expect(bundle('redis-modules').includes('ioredis')).toBe(true);
    for (const trace of ['ioredis', 'msgpack', 'hyperid']) expect(bundle('runtime').includes(trace), trace).toBe(false);
  });

  it('file: is a folder, as --data', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rk-url-'));
    const url = pathToFileURL(join(folder, 'data')).href;
    const first = await TestRuntime.startWithStore(url);
    expect(first.output).toContain(`data in ${folder}`);
    await (await first.open()).publishAcknowledged('r', 'x', { retain: true });
    await first.kill();
    const second = await TestRuntime.startWithStore(url);
    const reader = await second.open();
    await reader.subscribe('r');
    expect((await reader.next('publish')).payload.toString()).toBe('x');
    await second.kill();
    rmSync(folder, { recursive: true });
  });
});
