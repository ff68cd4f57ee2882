/** 100 seeded truncations and bit flips of a store with sessions, queues, retained messages and wills in three segments. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Broker } from '../broker.js';
import { CorruptStoreError } from '../store/errors.js';
import { seededRandom } from '../test-support/seeded-random.js';
import { startBroker } from '../test-support/test-broker.js';

const SEED = 20_260_224;
const kept = { sessionExpiryInterval: 3_600 };

let root: string;
let stopped: string;
let crashed: string;
let expected: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rk-damage-'));
  stopped = join(root, 'stopped');
  crashed = join(root, 'crashed');
  const rig = await startBroker({ dataFolder: stopped, policy: { quotas: { queueLengthMax: 10_000 } } });
  for (const clientId of ['a', 'b']) {
    const away = await rig.open({ clientId, properties: kept });
    await away.subscribe('queue/#', { qos: 2 });
    await away.subscribe(`own/${clientId}`, { qos: 1, retainAsPublished: true, identifier: 7 });
    await away.leave();
  }
  const will = { topic: 'will', payload: Buffer.from('w'), qos: 1 as const, retain: true, properties: { willDelayInterval: 3_000 } };
  await (await rig.open({ clientId: 'mourned', will, properties: kept })).cut();
  const publisher = await rig.open({ clientId: 'publisher', properties: kept });
  for (let i = 0; i < 900; i++) await publisher.publishAcknowledged(`queue/${i % 7}`, Buffer.alloc(4_000, i), { qos: i % 5 === 0 ? 2 : 1 });
  for (let i = 0; i < 50; i++) await publisher.publishAcknowledged(`r/${i % 30}`, i % 11 === 0 ? '' : `v${i}`, { retain: true });
  publisher.publish('queue/half', 'open', { qos: 2, packetId: 9 });
  await publisher.next('pubrec');
  cpSync(stopped, crashed, { recursive: true });
  await publisher.leave();
  await rig.stop();
  expect(segmentsOf(stopped).length).toBeGreaterThanOrEqual(3);
  expected = await contentOf(stopped);
  expect(await contentOf(crashed)).toBe(expected);
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a damaged store', () => {
  it.each([
    ['stopped in order', () => stopped],
    ['left by kill -9', () => crashed],
  ])(
    '%s: after 50 truncations and bit flips it starts with the right data or refuses, never with other data',
    async (name, original) => {
      const random = seededRandom(SEED + name.length);
      const outcome = { right: 0, refused: 0 };
      for (let trial = 0; trial < 50; trial++) {
        const folder = join(root, `trial-${trial}`);
        cpSync(original(), folder, { recursive: true });
        const what = damage(folder, random);
        const content = await contentOf(folder).catch((error: Error) => error);
        if (content instanceof Error) {
          expect(content, `trial ${trial}, ${what}`).toBeInstanceOf(CorruptStoreError);
          outcome.refused++;
        } else {
          expect(content === expected, `seed ${SEED}, trial ${trial}, ${what}: other data`).toBe(true);
          outcome.right++;
        }
        rmSync(folder, { recursive: true });
      }
      // Damage behind the last commit is none; everything else is seen.
      expect(outcome.right).toBeGreaterThan(0);
      expect(outcome.refused).toBeGreaterThan(25);
    },
    60_000,
  );

  it('a segment that is missing between two others is seen', async () => {
    const folder = join(root, 'missing');
    cpSync(stopped, folder, { recursive: true });
    rmSync(join(folder, segmentsOf(folder)[1]!));
    await expect(contentOf(folder)).rejects.toThrow('the file before this one is missing');
  });

  it('what is left of a segment whose making was cut short is passed over, and removed', async () => {
    const folder = join(root, 'unfinished');
    cpSync(stopped, folder, { recursive: true });
    writeFileSync(join(folder, '0000000009.new'), Buffer.alloc(10));
    expect(await contentOf(folder)).toBe(expected);
    const rig = await startBroker({ dataFolder: folder });
    expect(readdirSync(folder)).not.toContain('0000000009.new');
    await rig.stop();
  });

  it('the way out: without the damaged segment and those after it, it starts with what the others hold', async () => {
    const folder = join(root, 'way-out');
    cpSync(stopped, folder, { recursive: true });
    for (const name of segmentsOf(folder).slice(1)) rmSync(join(folder, name));
    const { sessions } = JSON.parse(await contentOf(folder)) as { sessions: { clientId: string; queue: unknown[] }[] };
    expect(sessions.map(({ clientId }) => clientId)).toEqual(['a', 'b', 'mourned', 'publisher']);
    expect(sessions[0]!.queue.length).toBeGreaterThan(100);
  });
});

function segmentsOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort();
}

/** Truncates one file, or flips one bit in the part of it that is in use, or (three times in ten) behind that. */
function damage(folder: string, random: () => number): string {
  const names = segmentsOf(folder);
  const name = names[Math.floor(random() * names.length)]!;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  if (random() < 0.4) {
    const length = Math.floor(random() * bytes.length);
    truncateSync(path, length);
    return `${name} cut to ${length}`;
  }
  const used = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const at = random() < 0.3 && used < bytes.length ? used + Math.floor(random() * (bytes.length - used)) : Math.floor(random() * used);
  bytes[at]! ^= 1 << Math.floor(random() * 8);
  writeFileSync(path, bytes);
  return `${name} bit at ${at}`;
}

/** Everything that a broker knows after it has started on the folder, as text. */
async function contentOf(folder: string): Promise<string> {
  const copy = `${folder}-read`;
  cpSync(folder, copy, { recursive: true });
  try {
    const rig = await startBroker({ dataFolder: copy, policy: { quotas: { queueLengthMax: 10_000 } } });
    const content = describeState(rig.broker);
    await rig.stop();
    return content;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function describeState({ state }: Broker): string {
  const sessions = [...state.sessions.values()].map((session) => ({
    clientId: session.clientId,
    expirySeconds: session.expirySeconds,
    inbound: session.inbound.keys(),
    subscriptions: [...session.subscriptions.values()].map(({ text, options }) => [text, options]),
    queue: [...session.outgoing()].map(({ sequence, qos, retain, released, publication: { topic, payload } }) => {
      return [sequence, qos, retain, released, topic, payload.length, payload[0]];
    }),
  }));
  const retained = [...state.retained.byTopic].map(([topic, { publication }]) => [topic, publication.payload.toString()]);
  const wills = [...state.wills.values()].map(({ clientId, delaySeconds, packet }) => [clientId, delaySeconds, packet.topic]);
  return JSON.stringify({ sessions: sessions.toSorted((x, y) => (x.clientId < y.clientId ? -1 : 1)), retained, wills });
}
