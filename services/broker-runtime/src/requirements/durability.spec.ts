import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestRuntime } from '../test-support/test-runtime.js';

let folder: string;
let runtime: TestRuntime;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-'));
});
afterEach(async () => {
  await runtime.kill();
  rmSync(folder, { recursive: true });
});
const kept = { sessionExpiryInterval: 1_000 };
const start = async () => {
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify({ quotas: { queueLengthMax: 100_000 } }));
  runtime = await TestRuntime.start('--data', folder, '--policy', policy);
};
const segment = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.log'))!);

describe('durability', () => {
  it('kill -9 loses nothing that was acknowledged: queued QoS 1 and 2, order kept, sessions and subscriptions with it', async () => {
    await start();
    const away = await runtime.open({ clientId: 'away', properties: kept });
    await away.subscribe('store/#', { qos: 2 });
    await away.leave();
    const acknowledged = new Set<string>();
    const publishers = await Promise.all(Array.from({ length: 5 }, () => runtime.open({ properties: kept })));
    const storm = publishers.map(async (publisher, p) => {
      for (let i = 0; i < 1_000; i++) {
        const payload = `${p}:${i}`;
        const done = await publisher.publishAcknowledged(`store/${p}`, payload, { qos: i % 3 === 0 ? 2 : 1 }).then(
          () => true,
          () => false,
        );
        if (!done) return;
        acknowledged.add(payload);
      }
    });
    await vi.waitUntil(() => acknowledged.size > 200, { timeout: 20_000, interval: 5 });
    await runtime.kill();
    await Promise.all(storm);
    await start();
    const back = await runtime.open({ clientId: 'away', cleanStart: false, properties: kept });
    expect(back.connack.sessionPresent).toBe(true);
    const got = await back.drain();
    expect([...acknowledged].filter((payload) => !got.includes(payload))).toEqual([]);
    for (let p = 0; p < 5; p++) {
      const own = got.filter((payload) => payload.startsWith(`${p}:`)).map((payload) => Number(payload.split(':')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  it('kill -9 keeps retained messages exactly, also overwritten and cleared ones', async () => {
    await start();
    const publisher = await runtime.open();
    for (let i = 0; i < 50; i++) await publisher.publishAcknowledged(`r/${i}`, 'old', { retain: true });
    for (let i = 0; i < 20; i++) await publisher.publishAcknowledged(`r/${i}`, 'new', { retain: true });
    for (let i = 0; i < 10; i++) await publisher.publishAcknowledged(`r/${i}`, '', { retain: true });
    await runtime.kill();
    await start();
    const reader = await runtime.open();
    await reader.subscribe('r/#');
    const got = await reader.drain();
    expect(got).toHaveLength(40);
    expect(got.filter((payload) => payload === 'new')).toHaveLength(10);
  });

  it('kill -9 between PUBREC and PUBREL: the QoS 2 message is delivered once, and the client may go on', async () => {
    await start();
    const away = await runtime.open({ clientId: 'away', properties: kept });
    await away.subscribe('two', { qos: 2 });
    await away.leave();
    const publisher = await runtime.open({ clientId: 'publisher', properties: kept });
    publisher.publish('two', 'x', { qos: 2, packetId: 5 });
    await publisher.next('pubrec');
    await runtime.kill();
    await start();
    const again = await runtime.open({ clientId: 'publisher', cleanStart: false, properties: kept });
    expect(again.connack.sessionPresent).toBe(true);
    again.publish('two', 'x', { qos: 2, packetId: 5, dup: true });
    await again.next('pubrec');
    again.send({ type: 'pubrel', packetId: 5, reasonCode: 0, properties: {} });
    expect((await again.next('pubcomp')).reasonCode).toBe(0);
    const back = await runtime.open({ clientId: 'away', cleanStart: false, properties: kept });
    expect(await back.drain()).toEqual(['x']);
  });

  it('what subscribers have acknowledged is not sent again after a kill -9, also where nothing else was stored since', async () => {
    await start();
    const reader = await runtime.open({ clientId: 'reader', properties: kept });
    await reader.subscribe('done/#', { qos: 2 });
    const publisher = await runtime.open();
    await publisher.publishAcknowledged('done/1', 'once', { qos: 1 });
    await publisher.publishAcknowledged('done/2', 'twice', { qos: 2 });
    expect(await reader.drain()).toEqual(['once', 'twice']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await runtime.kill();
    await start();
    const back = await runtime.open({ clientId: 'reader', cleanStart: false, properties: kept });
    expect(back.connack.sessionPresent).toBe(true);
    expect(await back.drain()).toEqual([]);
  });

  it('a will of a client that the crash cut off is published after the restart', async () => {
    await start();
    const will = { topic: 'will', payload: Buffer.from('gone'), qos: 1 as const, retain: true, properties: {} };
    const client = await runtime.open({ clientId: 'mourned', will, properties: kept });
    await client.ping();
    await runtime.kill();
    await start();
    const watcher = await runtime.open();
    await watcher.subscribe('will');
    expect((await watcher.next('publish')).payload.toString()).toBe('gone');
  });

  it('SIGTERM: clients hear 0x8B, the exit code is 0, and everything is there again', async () => {
    await start();
    const client = await runtime.open({ clientId: 'c', properties: kept });
    await client.subscribe('a', { qos: 1 });
    expect(await runtime.kill('SIGTERM')).toBe(0);
    expect((await client.next('disconnect')).reasonCode).toBe(0x8b);
    await start();
    expect((await runtime.open({ clientId: 'c', cleanStart: false, properties: kept })).connack.sessionPresent).toBe(true);
  });

  it('a second broker on the same folder ends with 73 and says why', async () => {
    await start();
    const second = TestRuntime.spawn('--port', '0', '--data', folder);
    expect(await second.exited).toBe(73);
    expect(second.output).toContain(`The data folder ${folder} is in use by another broker`);
  });

  it('a flipped bit or a cut file ends the start with 65, changes nothing, and says where and what to do', async () => {
    await start();
    const publisher = await runtime.open();
    for (let i = 0; i < 20; i++) await publisher.publishAcknowledged(`r/${i}`, 'x'.repeat(100), { retain: true });
    await runtime.kill('SIGTERM');
    const whole = readFileSync(segment());
    const used = whole.findLastIndex((byte) => byte !== 0) + 1;
    const flipped = [4, 30, Math.floor(used / 2), used - 50].map((at) => {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      return damaged;
    });
    for (const damaged of [...flipped, whole.subarray(0, used), whole.subarray(0, 10)]) {
      writeFileSync(segment(), damaged);
      const failing = TestRuntime.spawn('--port', '0', '--data', folder);
      expect(await failing.exited).toBe(65);
      expect(failing.output).toMatch(/The data is damaged: .*0000000001\.log, byte \d+.*Nothing was changed\. Restore/s);
      expect(readFileSync(segment()).equals(damaged)).toBe(true);
    }
  });

  it('a write that a power cut has torn is only an end: the broker starts with all that was acknowledged before', async () => {
    await start();
    const publisher = await runtime.open();
    for (let i = 0; i < 20; i++) await publisher.publishAcknowledged(`r/${i}`, 'x'.repeat(1_000), { retain: true });
    await runtime.kill();
    const torn = readFileSync(segment());
    const used = torn.findLastIndex((byte) => byte !== 0) + 1;
    writeFileSync(segment(), Buffer.from(torn).fill(0, used - 300));
    await start();
    const reader = await runtime.open();
    await reader.subscribe('r/#');
    expect(await reader.drain()).toHaveLength(19);
  });

  it('QoS 0 and clean sessions never touch the disk; no --data, no file', async () => {
    await start();
    const before = readFileSync(segment());
    const client = await runtime.open();
    await client.subscribe('a', { qos: 1 });
    for (let i = 0; i < 20; i++) await client.publishAcknowledged('a', 'x');
    client.publish('a', 'x');
    await client.leave();
    expect(readFileSync(segment()).equals(before)).toBe(true);
  });
});
