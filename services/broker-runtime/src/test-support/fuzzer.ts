/**
 * Sessions of several clients at once, mutated, against one broker; after each round an honest client must still get its
 * message. Everything follows from the seed, which a failure names.
 */
import { connect, type Socket } from 'node:net';
import { encodePacket } from '@rookery/mqtt-codec/encode';
import type { Packet, ProtocolVersion } from '@rookery/mqtt-codec/packets';
import { connectPacket } from './test-client.js';
import { startBroker, type TestBroker } from './test-broker.js';

const CLIENTS = 4;
const CANARY_TIMEOUT_MS = 5_000;

export interface FuzzResult {
  rounds: number;
  packets: number;
}

/** Throws with the seed when the broker has failed. */
export async function fuzz(seed: number, seconds: number): Promise<FuzzResult> {
  const random = mulberry32(seed);
  const rig = await startBroker({
    policy: { quotas: { packetBytesMax: 65_536, sessionExpirySecondsMax: 2, inflightMax: 20, queueLengthMax: 50 } },
  });
  const result: FuzzResult = { rounds: 0, packets: 0 };
  const end = Date.now() + seconds * 1_000;
  try {
    const canary = await rig.open({ clientId: 'canary', properties: { receiveMaximum: 10 } });
    await canary.subscribe('canary', { qos: 1 });
    while (Date.now() < end) {
      result.packets += await round(rig, random);
      result.rounds++;
      canary.publish('canary', String(result.rounds), { qos: 1 });
      const message = await canary.next('publish', CANARY_TIMEOUT_MS);
      if (message.payload.toString() !== String(result.rounds)) throw new Error('the canary got something else');
      canary.acknowledge(message);
      await canary.next('puback');
      if (rig.errors.length > 0) throw rig.errors[0]!;
    }
  } catch (error) {
    throw new Error(`seed ${seed}, round ${result.rounds}: ${(error as Error).stack}`);
  } finally {
    await rig.stop();
  }
  return result;
}

async function round(rig: TestBroker, random: () => number): Promise<number> {
  let packets = 0;
  const sockets = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const version = pick(random, [3, 4, 5] as const);
      const stream = session(random, version);
      packets += stream.length;
      const socket = await dial(rig.where.port);
      for (const bytes of stream) {
        socket.write(random() < 0.4 ? mutate(random, bytes) : bytes);
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
      }
      return socket;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
  for (const socket of sockets) socket.destroy();
  return packets;
}

/** A valid conversation of one client. */
function session(random: () => number, version: ProtocolVersion): Buffer[] {
  const topics = ['a', 'a/b', '$SYS/x', 'f/1', '__proto__', 'a//b', 'é'];
  const filters = ['#', '+/b', 'a/#', '$share/g/a/#', '$queue/f/+', 'a', '+'];
  const id = () => 1 + Math.floor(random() * 5);
  const qos = () => Math.floor(random() * 3) as 0 | 1 | 2;
  const properties = () => (random() < 0.5 ? {} : { userProperties: [['k', 'v']] as [string, string][] });
  const packets: (() => Packet)[] = [
    () => ({
      type: 'publish',
      topic: pick(random, topics),
      payload: Buffer.alloc(Math.floor(random() * 300)),
      qos: qos(),
      packetId: id(),
      dup: false,
      retain: random() < 0.3,
      properties: random() < 0.5 ? {} : { topicAlias: id(), messageExpiryInterval: 1, contentType: 'x' },
    }),
    () => ({
      type: pick(random, ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const),
      packetId: id(),
      reasonCode: 0,
      properties: properties(),
    }),
    () => ({
      type: 'subscribe',
      packetId: id(),
      properties: random() < 0.5 ? {} : { subscriptionIdentifiers: [id()] },
      subscriptions: [
        { filter: pick(random, filters), qos: qos(), noLocal: false, retainAsPublished: random() < 0.5, retainHandling: qos() },
      ],
    }),
    () => ({ type: 'unsubscribe', packetId: id(), properties: {}, filters: [pick(random, filters)] }),
    () => ({ type: 'pingreq' }),
    () => ({ type: 'disconnect', reasonCode: pick(random, [0, 4]), properties: {} }),
  ];
  const will = { topic: 'will', payload: Buffer.from('w'), qos: qos(), retain: random() < 0.5, properties: {} };
  const hello = connectPacket({
    version,
    clientId: `fuzz-${Math.floor(random() * 6)}`,
    cleanStart: random() < 0.5,
    will: random() < 0.3 ? will : null,
    properties: version === 5 ? { sessionExpiryInterval: 1, receiveMaximum: 1 + Math.floor(random() * 4) } : {},
  });
  const rest = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, packets)());
  return [hello, ...rest].map((packet) => encodePacket(packet, version));
}

/** A few bytes changed, left out, doubled or added. */
function mutate(random: () => number, bytes: Buffer): Buffer {
  let changed = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 3); times > 0 && changed.length > 0; times--) {
    const at = Math.floor(random() * changed.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) changed[at] = Math.floor(random() * 256);
    else if (kind === 1) changed[at]! ^= 1 << Math.floor(random() * 8);
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1)]);
    else changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at), changed.subarray(at)]);
  }
  return changed;
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** A small generator whose whole state is the seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
