/**
 * Published vulnerabilities of MQTT brokers, by class, and the findings F1 to F11 about aedes' own client code, each shown
 * not to be ours. Single packets of death are in hostile.spec.ts; F11 is the fuzzer (fuzz.spec.ts).
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credential, PEPPER, startBroker, type TestBroker } from '../test-support/test-broker.js';
import { connectPacket, TestClient } from '../test-support/test-client.js';
import { TestRuntime } from '../test-support/test-runtime.js';

const CONNECT_4 = '10 0d 0004 4d515454 04 02 003c 0001 61';
const kept = { sessionExpiryInterval: 100 };

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(async () => {
  expect(rig.errors).toEqual([]);
  await rig.stop();
});

/** Sends raw bytes on a new connection; resolves when that has ended. */
async function endsItself(hex: string, version: 4 | 5 = 4): Promise<void> {
  const client = await TestClient.dial(rig.where, version);
  client.raw(hex);
  await client.closed;
}

describe('findings about the kernel', () => {
  it('F1: PUBACK does not come before the message is stored: with a store that fails it says 0x97', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rk-f1-'));
    const own = await startBroker({ dataFolder: folder });
    const away = await own.open({ clientId: 'away', properties: kept });
    await away.subscribe('f1', { qos: 1 });
    await away.leave();
    const publisher = await own.open();
    const whenCommitted = own.broker.store.whenCommitted.bind(own.broker.store);
    own.broker.store.whenCommitted = (done) => done(new Error('the disk is gone'));
    expect(await publisher.publishAcknowledged('f1', 'x')).toBe(0x97);
    expect(own.broker.state.messages.size).toBe(0);
    own.broker.store.whenCommitted = whenCommitted;
    await own.stop();
    rmSync(folder, { recursive: true });
  });

  it('F2: PUBACK waits for a hook that takes its time', async () => {
    const own = await startBroker();
    own.broker.kernel.aedes.authorizePublish = (_client, _packet, done) => void setTimeout(() => done(null), 200);
    const publisher = await own.open();
    const begun = performance.now();
    await publisher.publishAcknowledged('f2', 'x');
    expect(performance.now() - begun).toBeGreaterThan(190);
    await own.stop();
  });

  it('F6, CVE-2017-7653: topics that are no UTF-8 are refused, so no two of them become one, and no subscriber is cut', async () => {
    const subscriber = await rig.open();
    await subscriber.subscribe('#');
    for (const topic of ['fffe', 'c080', 'eda080', 'f4908080', '610062']) {
      const length = topic.length / 2;
      await endsItself(`${CONNECT_4} 30 ${(length + 3).toString(16).padStart(2, '0')} ${length.toString(16).padStart(4, '0')} ${topic} 78`);
    }
    await subscriber.nothing('publish');
    const odd = ['\ufeffa', 'e\u0301', '\u00e9', 'A', 'a'];
    const publisher = await rig.open();
    for (const topic of odd) publisher.publish(`f6/${topic}`, topic);
    expect((await subscriber.nextPublishes(odd.length)).map(({ topic }) => topic)).toEqual(odd.map((topic) => `f6/${topic}`));
    await subscriber.leave();
  });

  it('F7: packets of one connection are handled in order: a later SUBSCRIBE does not overtake a retained PUBLISH, 50 times', async () => {
    for (let i = 0; i < 50; i++) {
      const client = await rig.open();
      client.socket.cork();
      client.publish(`f7/${i}`, 'x', { retain: true, qos: 1 });
      const subscribed = client.subscribe(`f7/${i}`);
      client.socket.uncork();
      await subscribed;
      expect((await client.next('publish')).retain).toBe(true);
      await client.leave();
    }
  });

  it('F8: a Will Delay Interval stays with the broker, and is in no PUBLISH', async () => {
    const watcher = await rig.open();
    await watcher.subscribe('f8');
    const properties = { willDelayInterval: 1, contentType: 'x' };
    const will = { topic: 'f8', payload: Buffer.from('w'), qos: 0 as const, retain: false, properties };
    await (await rig.open({ will, properties: kept })).cut();
    expect((await watcher.next('publish')).properties).toEqual({ contentType: 'x' });
    await watcher.leave();
  });

  it.each([
    ['packet identifier 0 in SUBSCRIBE', `${CONNECT_4} 82 06 0000 0001 61 00`],
    ['packet identifier 0 in UNSUBSCRIBE', `${CONNECT_4} a2 05 0000 0001 61`],
    ['packet identifier 0 in PUBLISH', `${CONNECT_4} 32 05 0001 61 0000`],
    ['U+0000 in the client identifier', '10 0e 0004 4d515454 04 02 003c 0002 6100'],
    ['a surrogate in the client identifier', '10 0f 0004 4d515454 04 02 003c 0003 eda080'],
    ['U+0000 in the user name', '10 10 0004 4d515454 04 82 003c 0001 61 0001 00'],
    ['U+0000 in the will topic', '10 12 0004 4d515454 04 06 003c 0001 61 0001 00 0000'],
    ['will QoS 3', '10 12 0004 4d515454 04 1e 003c 0001 61 0001 77 0000'],
    ['bytes behind the end of CONNECT', '10 0e 0004 4d515454 04 02 003c 0001 61 00'],
    ['an empty client identifier with clean session 0', '10 0c 0004 4d515454 04 00 003c 0000'],
  ])('F9: %s is refused', async (_name, hex) => {
    await endsItself(hex);
  });

  it('F10: session present is 1 for a session without subscriptions, and no PUBLISH exceeds the Maximum Packet Size', async () => {
    await (await rig.open({ clientId: 'f10', properties: kept })).leave();
    const again = await rig.open({ clientId: 'f10', cleanStart: false, properties: { ...kept, maximumPacketSize: 50 } });
    expect(again.connack.sessionPresent).toBe(true);
    await again.subscribe('f10', { qos: 1 });
    const publisher = await rig.open();
    await publisher.publishAcknowledged('f10', 'x'.repeat(60));
    await publisher.publishAcknowledged('f10', 'small');
    expect((await again.next('publish')).payload.toString()).toBe('small');
  });
});

describe('memory and processor before and after authentication', () => {
  it('CVE-2017-7651, CVE-2023-0809, CVE-2026-58210: a stranger can make us hold 64 kB, whatever it announces', async () => {
    for (const hex of ['10 ff ff ff 7f', '30 ff ff ff 7f', '10 80 80 80 01']) await endsItself(hex);
    const slow = await TestClient.dial(rig.where, 5);
    slow.raw(`10 ff ff 03 ${'00'.repeat(50_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    slow.socket.destroy();
  });

  it('CVE-2017-7654, CVE-2021-34431, CVE-2023-3592, CVE-2024-8376: crafted CONNECTs and sequences leak nothing', async () => {
    const own = await TestRuntime.startProbed('memory-probe');
    const crafted = [
      '10 18 0004 4d515454 05 02 003c 0a 1100000001 1100000002 0001 61',
      '10 1b 0004 4d515454 05 06 003c 00 0001 61 08 18ffffffff 0100 0001 77 0000',
      `10 0d 0004 4d515454 05 02 003c 00 0000 82 06 0001 00 0001 61 00 a2 05 0001 00 0001 62 32 06 0001 61 0001 00`,
    ];
    const round = async () => {
      for (const hex of crafted) {
        const client = await TestClient.dial(own.where, 5);
        client.raw(hex);
        await Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 2))]);
        client.socket.destroy();
      }
    };
    // A link that was closed is held for two seconds, to send its rest.
    const settled = () => new Promise((resolve) => setTimeout(resolve, 2_500));
    for (let i = 0; i < 100; i++) await round();
    await settled();
    const before = await own.memoryInUse();
    for (let i = 0; i < 400; i++) await round();
    await settled();
    expect((await own.memoryInUse()) - before).toBeLessThan(1024 * 1024);
    await own.kill();
  }, 30_000);

  it('CVE-2021-41039, GHSA-64w2-whjg-q7q7: ten thousand user properties cost no time, and stay properties', async () => {
    const subscriber = await rig.open();
    await subscriber.subscribe('bomb');
    const publisher = await rig.open();
    const userProperties = Array.from({ length: 10_000 }, (_, i): [string, string] => ['__proto__', String(i)]);
    const begun = process.cpuUsage();
    publisher.publish('bomb', 'x', { properties: { userProperties } });
    expect((await subscriber.next('publish')).properties.userProperties).toHaveLength(10_000);
    // Broker, both clients and the test itself are one process here.
    expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(300);
    expect(({} as Record<string, unknown>)['0']).toBeUndefined();
  });

  it('CVE-2023-28366: QoS 2 messages that are never released are bounded, and the client is told', async () => {
    for (const version of [4, 5] as const) {
      const client = await rig.open({ version });
      for (let id = 1; id <= 1_001; id++) client.publish('never', 'x', { qos: 2, packetId: id });
      if (version === 5) expect((await client.next('disconnect')).reasonCode).toBe(0x93);
      await client.closed;
    }
  });

  it('CVE-2019-11779, GHSA-wqg7-vrj7-v82h: 65,400 slashes and 200 wildcards in a filter are refused by the limit of levels', async () => {
    const client = await rig.open();
    expect((await client.subscribe('/'.repeat(65_400))).reasonCodes).toEqual([0x8f]);
    expect((await client.subscribe('+/'.repeat(200))).reasonCodes).toEqual([0x8f]);
    await client.ping();
  });
});

describe('rights', () => {
  const rules = (topic: string) => [{ effect: 'allow' as const, action: 'all' as const, topic, subject: 'all' as const }];

  it('CVE-2017-7650, CVE-2026-44838, CVE-2026-67407, CVE-2026-85724: a name with wildcards is put into a rule as it is, or refused', async () => {
    const own = await startBroker({ policy: { defaultAccess: 'deny', accessRules: rules('own/{clientId}/x') } });
    for (const clientId of ['#', '+', 'a/+', '../a', '{username}', 'a\nb', '.*', '$1']) {
      const client = await own.open({ clientId }).catch(() => null);
      if (client === null) continue;
      expect((await client.subscribe('own/other/x')).reasonCodes[0], clientId).toBeGreaterThanOrEqual(0x80);
      expect((await client.subscribe('own/#')).reasonCodes[0], clientId).toBeGreaterThanOrEqual(0x80);
      expect((await client.subscribe('own/+/x')).reasonCodes[0], clientId).toBeGreaterThanOrEqual(0x80);
    }
    await own.stop();
  });

  it('CVE-2018-12550, CVE-2026-95848: a policy without rules and credentials lets nobody do anything', async () => {
    const own = await startBroker({ policy: { allowAnonymous: false, defaultAccess: 'deny' } });
    expect((await own.open()).connack.reasonCode).toBe(0x87);
    expect((await own.open({ username: 'x', password: Buffer.from('x') })).connack.reasonCode).toBe(0x86);
    own.apply({ allowAnonymous: true, defaultAccess: 'deny' });
    const client = await own.open();
    expect((await client.subscribe('a')).reasonCodes).toEqual([0x87]);
    expect(await client.publishAcknowledged('a', 'x')).toBe(0x87);
    await own.stop();
  });

  it('CVE-2016-9877: a user name without password, or with an empty one, is not that user', async () => {
    const own = await startBroker({ policy: { allowAnonymous: false, pepper: PEPPER, credentials: [credential('u', 'secret')] } });
    for (const password of [null, Buffer.alloc(0)]) expect((await own.open({ username: 'u', password })).connack.reasonCode).toBe(0x86);
    await own.stop();
  });

  it('CVE-2021-34434, CVE-2018-12546, CVE-2026-58209: a right that was taken away ends stored subscriptions, and their queue', async () => {
    const own = await startBroker({ policy: { defaultAccess: 'deny', accessRules: rules('#') } });
    const client = await own.open({ clientId: 'c', properties: kept });
    await client.subscribe('secret', { qos: 1 });
    await client.leave();
    own.apply({ defaultAccess: 'deny', accessRules: rules('open/#') });
    own.broker.kernel.publish(
      { cmd: 'publish', topic: 'secret', payload: Buffer.from('x'), qos: 1, retain: true, dup: false },
      null,
      () => {},
    );
    const back = await own.open({ clientId: 'c', cleanStart: false, properties: kept });
    await back.nothing('publish');
    expect((await back.subscribe('secret', { qos: 1 })).reasonCodes).toEqual([0x87]);
    await back.nothing('publish');
    await own.stop();
  });

  it('CVE-2026-95846, mochi #503: a will on a topic that is denied at the time it is due goes nowhere', async () => {
    const own = await startBroker({ policy: { defaultAccess: 'deny', accessRules: rules('#') } });
    const watcher = await own.open();
    await watcher.subscribe('will');
    const will = { topic: 'will', payload: Buffer.from('w'), qos: 0 as const, retain: false, properties: {} };
    const client = await own.open({ will });
    own.apply({ defaultAccess: 'deny', accessRules: [{ ...rules('will')[0]!, action: 'subscribe' }] });
    await client.cut();
    await watcher.nothing('publish');
    await own.stop();
  });

  it('CVE-2026-58214, CVE-2026-95843: wildcards do not reach topics that begin with $, and malformed shares are refused', async () => {
    const client = await rig.open();
    for (const filter of ['#', '+/x']) await client.subscribe(filter, { retainHandling: 2 });
    const publisher = await rig.open();
    publisher.publish('$own/x', 'x');
    await publisher.ping();
    await client.nothing('publish');
    for (const filter of ['$share//x', '$share/g', '$share/+/x', '$share/g#/x']) {
      const bad = await rig.open();
      await bad.subscribe(filter).then(
        ({ reasonCodes }) => expect(reasonCodes[0]).toBeGreaterThanOrEqual(0x80),
        () => {},
      );
    }
  });
});

it('CVE-2026-95842: a hook that throws costs its client the connection, and nobody else', async () => {
  const own = await startBroker();
  const canary = await own.open();
  await canary.subscribe('canary');
  const victim = await own.open();
  const { aedes } = own.broker.kernel;
  const hook = aedes.authorizePublish;
  aedes.authorizePublish = () => {
    throw new Error('a bug in a hook');
  };
  victim.publish('x', 'x', { qos: 1 });
  await victim.closed;
  aedes.authorizePublish = hook;
  expect(own.errors).toHaveLength(1);
  await (await own.open()).publishAcknowledged('canary', 'alive');
  expect((await canary.next('publish')).payload.toString()).toBe('alive');
  await own.stop();
});

it('CVE-2017-9868: what the store writes can be read by its owner alone', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'rk-mode-')), 'data');
  const own = await startBroker({ dataFolder: folder });
  expect(statSync(folder).mode & 0o077).toBe(0);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
  await own.stop();
  rmSync(join(folder, '..'), { recursive: true });
});

it('CVE-2020-13849: a keep alive that the client chose is bounded by the policy, and MQTT 5 is told', async () => {
  const own = await startBroker({ policy: { connack: { keepAliveSecondsMax: 1 } } });
  for (const keepAliveSeconds of [0, 65_535]) {
    const client = await own.open({ keepAliveSeconds });
    expect(client.connack.properties.serverKeepAlive).toBe(1);
    expect((await client.next('disconnect')).reasonCode).toBe(0x8d);
  }
  await own.stop();
});

it('CVE-2026-22040, CVE-2025-59946: reconnects that race with subscriptions leave one client and its subscriptions', async () => {
  for (let i = 0; i < 100; i++) {
    const client = await TestClient.dial(rig.where, 5);
    client.send(connectPacket({ clientId: 'racer', cleanStart: i % 3 === 0, properties: kept }));
    client.send({
      type: 'subscribe',
      packetId: 1,
      properties: {},
      subscriptions: [{ filter: `race/${i % 5}`, qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
    });
    if (i % 2 === 0) client.socket.resetAndDestroy();
  }
  const last = await rig.open({ clientId: 'racer', properties: kept });
  const { size } = rig.broker.routing;
  await last.subscribe('race/0', { qos: 1 });
  expect(rig.broker.routing.size).toBe(size + 1);
  expect(rig.broker.state.sessions.get('racer')!.subscriptions.size).toBe(1);
  await last.ping();
});

describe('WebSocket', () => {
  const upgrade = [
    'GET /mqtt HTTP/1.1',
    'Host: x',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: mqtt',
  ];

  it.each([
    ['CVE-2026-25627: a frame that announces a terabyte', '82 ff 0000010000000000 00000000'],
    ['CVE-2026-25627: a frame that announces more than it brings, and the next behind it', '82 fe 7000 00000000 10 0d 00'],
    ['a frame that is not masked', '82 02 c0 00'],
    ['reserved bits', 'f2 82 00000000 c0 00'],
    ['a text frame', '81 82 00000000 c0 00'],
  ])('%s ends at most its own connection', async (_name, hex) => {
    const socket = connect({ ...rig.where, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(`${upgrade.join('\r\n')}\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.destroy();
    await (await rig.open()).ping();
  });
});
