/** A disk that is full, and a tenant's limit on it: 0x97, nothing half done, and on by itself when there is room again. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';
import { TestRuntime } from '../test-support/test-runtime.js';

const DISK_BYTES = 3 * 1024 * 1024;
const QUOTA_EXCEEDED = 0x97;
const kept = { sessionExpiryInterval: 1_000 };
const PAYLOAD = 'x'.repeat(2_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-full-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a full disk', () => {
  it('refuses with 0x97 what must be stored, serves the rest, delivers nothing that was refused, and recovers by itself', async ({
    skip,
  }) => {
    const runtime = await TestRuntime.startOnSmallDisk(folder, DISK_BYTES);
    if (runtime === null) return skip('no file system may be mounted here');
    const away = await runtime.open({ clientId: 'away', properties: kept });
    await away.subscribe('q/#', { qos: 2 });
    await away.leave();
    const publisher = await runtime.open({ clientId: 'publisher', properties: kept });
    await publisher.publishAcknowledged('r', 'before', { retain: true });
    const live = await runtime.open({ clientId: 'live' });
    await live.subscribe('live', { qos: 1 });

    const filler = runtime.inside(join(folder, 'filler'));
    fill(filler);
    const accepted: string[] = [];
    const refused = await publishUntilRefused(publisher, accepted);
    expect(refused).toBe(QUOTA_EXCEEDED);
    expect(await publisher.publishAcknowledged('q/no', 'refused', { qos: 2 })).toBe(QUOTA_EXCEEDED);
    for (const payload of ['refused', '']) expect(await publisher.publishAcknowledged('r', payload, { retain: true })).toBe(QUOTA_EXCEEDED);
    expect((await publisher.subscribe('more', { qos: 1 })).reasonCodes).toEqual([QUOTA_EXCEEDED]);
    expect((await runtime.open({ clientId: 'new', properties: kept })).connack.reasonCode).toBe(QUOTA_EXCEEDED);
    const old = await runtime.open({ version: 4 });
    old.publish('q/old', 'refused', { qos: 1 });
    await old.closed;
    // What needs no disk goes on.
    expect(await (await runtime.open()).publishAcknowledged('live', 'alive')).toBe(0);
    expect((await live.next('publish')).payload.toString()).toBe('alive');

    rmSync(filler);
    await expect.poll(() => publisher.publishAcknowledged('q/after', 'after'), { timeout: 5_000, interval: 100 }).toBe(0);
    const copy = `${folder}-copy`;
    cpSync(runtime.inside(folder), copy, { recursive: true });
    await runtime.kill();
    const again = await TestRuntime.start('--data', copy);
    const reader = await again.open({ clientId: 'away', cleanStart: false, properties: kept });
    await reader.subscribe('r');
    const got = await reader.drain();
    expect(got.filter((payload) => payload === 'before')).toHaveLength(1);
    expect(got.filter((payload) => payload !== 'before')).toEqual([...accepted, 'after']);
    await again.kill();
    rmSync(copy, { recursive: true });
  }, 30_000);
});

describe('the limit on the store of a tenant', () => {
  it('is answered with 0x97 when it is reached, and what subscribers take makes room', async () => {
    const storeBytesMax = 400_000;
    const rig = await startBroker({ dataFolder: folder, policy: { quotas: { storeBytesMax } } });
    const away = await rig.open({ clientId: 'away', properties: kept });
    await away.subscribe('q/#', { qos: 1 });
    await away.leave();
    const publisher = await rig.open();
    for (let round = 0; round < 3; round++) {
      const accepted: string[] = [];
      expect(await publishUntilRefused(publisher, accepted)).toBe(QUOTA_EXCEEDED);
      expect(accepted.length).toBeGreaterThan(50);
      // At most one commit over it.
      expect(rig.broker.store.bytes).toBeLessThan(storeBytesMax + 10_000);
      expect(rig.broker.counters.quotaHits).toBeGreaterThan(0);
      const reader = await rig.open({ clientId: 'away', cleanStart: false, properties: kept });
      expect(await reader.drain()).toEqual(accepted);
      await reader.leave();
      await expect.poll(() => publisher.publishAcknowledged('none', 'x', { retain: true }), { timeout: 3_000 }).toBeLessThan(0x80);
    }
    await rig.stop();
  });

  it('a limit that a policy lowers holds at once, and one that it raises frees at once', async () => {
    const rig = await startBroker({ dataFolder: folder });
    const publisher = await rig.open();
    rig.apply({ quotas: { storeBytesMax: 10 } });
    expect(await publisher.publishAcknowledged('r', PAYLOAD, { retain: true })).toBe(QUOTA_EXCEEDED);
    rig.apply({ quotas: { storeBytesMax: 1_000_000 } });
    expect(await publisher.publishAcknowledged('r', PAYLOAD, { retain: true })).toBeLessThan(0x80);
    await rig.stop();
  });
});

describe('durability', () => {
  it('memory: nothing is written, though a folder is named', async () => {
    const runtime = await TestRuntime.start('--data', join(folder, 'data'), '--durability', 'memory');
    await (await runtime.open({ properties: kept })).publishAcknowledged('r', 'x', { retain: true });
    expect(readdirSync(folder)).toEqual([]);
    await runtime.kill();
  });

  it('relaxed: survives kill -9 with everything acknowledged (power cuts: npm run test:long -- power-loss)', async () => {
    const args = ['--data', folder, '--durability', 'relaxed'];
    const runtime = await TestRuntime.start(...args);
    const publisher = await runtime.open();
    for (let i = 0; i < 20; i++) await publisher.publishAcknowledged(`r/${i}`, 'x', { retain: true });
    await runtime.kill();
    const again = await TestRuntime.start(...args);
    const reader = await again.open();
    await reader.subscribe('r/#');
    expect(await reader.nextPublishes(20)).toHaveLength(20);
    await again.kill();
  });

  it('the log is compacted: 70 MB through a queue leave less than the slack and one segment, and what is alive survives it', async () => {
    const rig = await startBroker({ dataFolder: folder, policy: { quotas: { queueLengthMax: 100_000 } } });
    const through = await rig.open({ clientId: 'through', properties: kept });
    await through.subscribe('through', { qos: 1 });
    const publisher = await rig.open();
    for (let i = 0; i < 30; i++) await publisher.publishAcknowledged(`alive/${i}`, String(i), { retain: true });
    const payload = Buffer.alloc(100_000, 7);
    for (let i = 0; i < 700; i++) {
      await publisher.publishAcknowledged('through', payload);
      through.acknowledge(await through.next('publish'));
    }
    await publisher.ping();
    await expect.poll(() => rig.broker.store.bytes, { timeout: 5_000 }).toBeLessThan(49 * 1024 * 1024);
    expect(readdirSync(folder)).not.toContain('0000000001.log');
    await rig.stop();
    const again = await startBroker({ dataFolder: folder });
    expect([...again.broker.state.retained.byTopic.keys()]).toHaveLength(30);
    expect(again.broker.state.sessions.get('through')!.queueLength).toBe(0);
    await again.stop();
  }, 30_000);
});

/** Publishes to a queue, noting what was taken; resolves to the reason code of the first refusal. */
async function publishUntilRefused(publisher: TestClient, accepted: string[]): Promise<number> {
  for (;;) {
    const payload = `${accepted.length} ${PAYLOAD}`;
    const code = await publisher.publishAcknowledged('q/1', payload);
    if (code >= 0x80) return code;
    accepted.push(payload);
  }
}

function fill(path: string): void {
  for (const bytes of [65_536, 4_096]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
