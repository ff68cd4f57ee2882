/**
 * Runs mosquitto's packet sequences against a runtime and scores them leniently: MQTT leaves to the broker which reason
 * code ends a connection and whether a code is sent at all, and what else CONNACK says. Everything else must be the same.
 */
import { join } from 'node:path';
import { PacketLink } from './packet-link.ts';
import { SuiteRuntime } from './runtime.ts';
import { readBytes, readSequences, type Sequence, type Step } from './sequence-file.ts';

const ANSWER_MS = 700;
const CONNACK = 2;
const DISCONNECT = 14;
const PINGREQ = Buffer.from([0xc0, 0]);

export interface Figures {
  passed: number;
  total: number;
  exits: number;
  failures: string[];
}

/** Sequences are many and names are few: a name counts when all that bear it pass. */
export async function runSequences(suites: string, edge: boolean): Promise<Figures> {
  const sequences = readSequences(join(suites, 'mosquitto/test/broker/data'));
  const faults = new Map<string, string | null>();
  let exits = 0;
  let runtime = await SuiteRuntime.start(POLICY, edge);
  for (const sequence of sequences) {
    const fault = await run(sequence, runtime.port).catch((error: Error) => error.message);
    if (runtime.hasExited) {
      exits++;
      runtime = await SuiteRuntime.start(POLICY, edge);
    }
    faults.set(sequence.name, faults.get(sequence.name) ?? fault);
  }
  await runtime.stop();
  const failures = [...faults].flatMap(([name, fault]) => (fault === null ? [] : [`${name}: ${fault}`]));
  return { passed: faults.size - failures.length, total: faults.size, exits, failures };
}

/** What the sequences take for granted: everybody may do everything, and the topic aliases that mosquitto allows. */
const POLICY = { allowAnonymous: true, connack: { topicAliasMaximum: 10, receiveMaximum: 20 } };

/** Null when all went as it should. */
async function run(sequence: Sequence, port: number): Promise<string | null> {
  const link = await PacketLink.open(port);
  try {
    if (sequence.connects) {
      link.send(connectPacket(sequence));
      const connack = await link.next(ANSWER_MS);
      if (connack == null || connack[0] !== 0x20 || connack[3] !== 0) return `no CONNACK of success, but ${show(connack)}`;
    }
    for (const step of sequence.steps) {
      const fault = await take(step, link, port);
      if (fault !== null) return fault;
    }
    return sequence.ends ? await expectEnd(link) : await expectAlive(link);
  } finally {
    link.close();
  }
}

async function take(step: Step, link: PacketLink, port: number): Promise<string | null> {
  if (step.type === 'send') link.send(step.bytes);
  else if (step.type === 'publish') await publish(step, port);
  else {
    const got = await link.next(ANSWER_MS);
    if (!matches(step.bytes, got)) return `expected ${show(step.bytes)}, got ${show(got)}`;
  }
  return null;
}

function matches(expected: Buffer, got: Buffer | null | undefined): boolean {
  const type = expected[0]! >> 4;
  const mayEnd = (type === CONNACK && expected[3]! > 0) || type === DISCONNECT;
  if (got === undefined) return false;
  if (mayEnd) return got === null || isRefusal(got);
  if (got === null) return false;
  if (type === CONNACK) return got[0] === expected[0] && got[2] === expected[2] && got[3] === expected[3];
  return got.equals(expected);
}

function isRefusal(packet: Buffer): boolean {
  const type = packet[0]! >> 4;
  return (type === CONNACK && packet[3]! > 0) || (type === DISCONNECT && packet[2]! >= 0x80);
}

async function expectEnd(link: PacketLink): Promise<string | null> {
  for (;;) {
    const got = await link.next(ANSWER_MS);
    if (got === null) return null;
    if (got === undefined) return 'the connection is still open';
    if (!isRefusal(got)) return `expected the end, got ${show(got)}`;
  }
}

async function expectAlive(link: PacketLink): Promise<string | null> {
  link.send(PINGREQ);
  const got = await link.next(ANSWER_MS);
  return got != null && got[0] === 0xd0 ? null : `expected PINGRESP, got ${show(got)}`;
}

/** A publish of another client. */
async function publish({ topic, payload, qos, retain }: Extract<Step, { type: 'publish' }>, port: number): Promise<void> {
  const helper = await PacketLink.open(port);
  helper.send(connectPacket({ name: 'helper', version: 4 }));
  await helper.next(ANSWER_MS);
  const body = readBytes(`s${Buffer.byteLength(topic)} '${topic}' ${qos > 0 ? 'm1' : ''} '${payload}'`);
  helper.send(Buffer.concat([Buffer.from([0x30 | (qos << 1) | (retain ? 1 : 0)]), readBytes(`r${body.length}`), body]));
  if (qos > 0) await helper.next(ANSWER_MS);
  if (qos === 2) {
    helper.send(readBytes('62 r2 m1'));
    await helper.next(ANSWER_MS);
  }
  helper.send(PINGREQ);
  await helper.next(ANSWER_MS);
  helper.close();
}

function connectPacket({ name, version }: { name: string; version: number }): Buffer {
  const protocol = version === 3 ? "s6 'MQIsdp'" : "s4 'MQTT'";
  // MQTT 3.1 knows client identifiers of 23 characters at most.
  const clientId = Buffer.from(version === 3 ? name.slice(-23) : name);
  const head = readBytes(`${protocol} i${version} 02 k60 ${version === 5 ? '03 21 H20' : ''} s${clientId.length}`);
  const body = Buffer.concat([head, clientId]);
  return Buffer.concat([Buffer.from([0x10]), readBytes(`r${body.length}`), body]);
}

function show(packet: Buffer | null | undefined): string {
  if (packet === null) return 'the end of the connection';
  return packet === undefined ? 'nothing' : packet.toString('hex');
}
