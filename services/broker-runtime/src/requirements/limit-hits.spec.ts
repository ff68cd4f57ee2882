import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNTIME_LIMITS, type RuntimeLimit } from '@rookery/contracts/reports';
import type { Quotas } from '@rookery/contracts/plans';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-'));
});
afterEach(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true });
});
const kept = { sessionExpiryInterval: 100 };

/** How each limit is met, and how often that is counted. */
const MEETINGS: Record<RuntimeLimit, { quotas: Partial<Quotas>; hits: number; meet: () => Promise<unknown> }> = {
  clientsMax: {
    quotas: { clientsMax: 1 },
    hits: 2,
    meet: async () => {
      await rig.open();
      await rig.open({ version: 4 });
      await rig.open();
    },
  },
  sessionsMax: {
    quotas: { sessionsMax: 1 },
    hits: 1,
    meet: async () => {
      await rig.open({ properties: kept }).then((client) => client.leave());
      await rig.open();
    },
  },
  messagesPerSecondMax: {
    quotas: { messagesPerSecondMax: 10 },
    hits: 1,
    meet: () => burst(2),
  },
  clientPublishPerSecondMax: {
    quotas: { clientPublishPerSecondMax: 10 },
    hits: 1,
    meet: () => burst(2),
  },
  packetBytesMax: {
    quotas: { packetBytesMax: 1_000 },
    hits: 1,
    meet: async () => {
      const client = await rig.open();
      client.publish('big', 'x'.repeat(1_000));
      await client.closed;
    },
  },
  subscriptionsPerClientMax: {
    quotas: { subscriptionsPerClientMax: 1 },
    hits: 1,
    meet: async () => {
      const client = await rig.open();
      await client.subscribe('a');
      await client.subscribe('b');
    },
  },
  topicLevelsMax: {
    quotas: { topicLevelsMax: 2 },
    hits: 3,
    meet: async () => {
      const client = await rig.open();
      await client.subscribe('a/b/c');
      for (let i = 0; i < 2; i++) await client.publishAcknowledged('a/b/c', 'x');
    },
  },
  queueLengthMax: {
    quotas: { queueLengthMax: 2 },
    hits: 3,
    meet: async () => {
      const away = await rig.open({ clientId: 'away', properties: kept });
      await away.subscribe('q', { qos: 1 });
      await away.leave();
      const publisher = await rig.open();
      for (let i = 0; i < 5; i++) await publisher.publishAcknowledged('q', String(i));
    },
  },
  inflightMax: {
    quotas: { inflightMax: 2 },
    hits: 1,
    meet: async () => {
      const client = await rig.open();
      for (let packetId = 1; packetId <= 3; packetId++) client.publish('x', 'x', { qos: 2, packetId });
      await client.closed;
    },
  },
  retainedMax: {
    quotas: { retainedMax: 1 },
    hits: 2,
    meet: async () => {
      const client = await rig.open();
      await client.publishAcknowledged('a', '1', { retain: true });
      await client.publishAcknowledged('b', '1', { retain: true });
      client.publish('c', '1', { retain: true });
      await client.ping();
    },
  },
  storeBytesMax: {
    quotas: { storeBytesMax: 20_000 },
    hits: 1,
    meet: async () => {
      const away = await rig.open({ clientId: 'away', properties: kept });
      await away.subscribe('q', { qos: 1 });
      await away.leave();
      const publisher = await rig.open();
      for (let code = 0; code !== 0x97; ) code = await publisher.publishAcknowledged('q', 'x'.repeat(1_000));
    },
  },
};

async function burst(count: number): Promise<void> {
  const client = await rig.open();
  for (let i = 0; i < count; i++) client.publish('rate', 'x');
  await client.ping();
}

describe('a limit that was met', () => {
  it.each(RUNTIME_LIMITS)('%s is counted under its name, each time', async (limit) => {
    const { quotas, hits, meet } = MEETINGS[limit];
    rig = await startBroker({ policy: { quotas }, ...(limit === 'storeBytesMax' && { dataFolder: folder }) });
    await meet();
    const { limitHits, quotaHits } = rig.broker.counters.snapshot(0);
    expect(limitHits).toEqual({ [limit]: hits });
    expect(quotaHits).toBe(hits);
  });
});
