import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePacket } from './decode.js';
import { encodePacket } from './encode.js';
import { Fault } from './fault.js';
import { FrameReader } from './frame-reader.js';
import type { Packet, ProtocolVersion } from './packets.js';
import { ReasonCode } from './reason-codes.js';

function decodeAll(chunks: readonly Buffer[], version: ProtocolVersion, packetBytesMax = 1 << 20): (Packet | Fault)[] {
  const reader = new FrameReader(packetBytesMax);
  const found: (Packet | Fault)[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (;;) {
      const result = reader.next();
      if (result === false) break;
      if (result instanceof Fault) return [...found, result];
      found.push(decodePacket(reader.bytes, reader.bytes[reader.start]!, reader.bodyAt, reader.end, version));
    }
  }
  return found;
}
const decodeHex = (hex: string, version: ProtocolVersion = 5) => decodeAll([Buffer.from(hex.replaceAll(' ', ''), 'hex')], version)[0];

const text = fc.string({ maxLength: 12, unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const packetId = fc.integer({ min: 1, max: 65_535 });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const userProperties = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 });
const optional = { requiredKeys: [] };
const publishProperties = fc.record(
  {
    payloadFormatIndicator: fc.constantFrom(0, 1),
    messageExpiryInterval: u32,
    contentType: text,
    responseTopic: word,
    correlationData: bytes,
    topicAlias: packetId,
    userProperties,
  },
  optional,
);
const reasonProperties = fc.record({ reasonString: text, userProperties }, optional);

const packets5: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant('connect' as const),
    version: fc.constant(5 as const),
    cleanStart: fc.boolean(),
    keepAliveSeconds: fc.integer({ min: 0, max: 65_535 }),
    clientId: text,
    will: fc.option(
      fc.record({
        topic: word,
        payload: bytes,
        qos,
        retain: fc.boolean(),
        properties: fc.record({ willDelayInterval: u32, contentType: text }, optional),
      }),
    ),
    username: fc.option(text),
    password: fc.option(bytes),
    properties: fc.record({ sessionExpiryInterval: u32, receiveMaximum: packetId, userProperties }, optional),
  }),
  fc.record({
    type: fc.constant('connack' as const),
    sessionPresent: fc.boolean(),
    reasonCode: fc.constantFrom(0, 0x97),
    properties: reasonProperties,
  }),
  fc
    .record({
      type: fc.constant('publish' as const),
      dup: fc.boolean(),
      qos,
      retain: fc.boolean(),
      topic: word,
      packetId,
      properties: publishProperties,
      payload: bytes,
    })
    .map((packet) => (packet.qos === 0 ? { ...packet, dup: false, packetId: 0 } : packet)),
  fc.record({
    type: fc.constantFrom('puback' as const, 'pubrec' as const),
    packetId,
    reasonCode: fc.constantFrom(0, 0x10, 0x97),
    properties: reasonProperties,
  }),
  fc.record({
    type: fc.constantFrom('pubrel' as const, 'pubcomp' as const),
    packetId,
    reasonCode: fc.constantFrom(0, 0x92),
    properties: reasonProperties,
  }),
  fc.record({
    type: fc.constant('subscribe' as const),
    packetId,
    properties: fc.record({ subscriptionIdentifiers: fc.tuple(fc.integer({ min: 1, max: 268_435_455 })).map(([id]) => [id]) }, optional),
    subscriptions: fc.array(fc.record({ filter: word, qos, noLocal: fc.boolean(), retainAsPublished: fc.boolean(), retainHandling: qos }), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({
    type: fc.constantFrom('suback' as const, 'unsuback' as const),
    packetId,
    properties: reasonProperties,
    reasonCodes: fc.array(fc.constantFrom(0, 1, 2, 0x87), { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('unsubscribe' as const),
    packetId,
    properties: fc.constant({}),
    filters: fc.array(word, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: fc.constantFrom('pingreq' as const, 'pingresp' as const) }),
  fc.record({ type: fc.constant('disconnect' as const), reasonCode: fc.constantFrom(0, 0x8b), properties: reasonProperties }),
  fc.record({ type: fc.constant('auth' as const), reasonCode: fc.constantFrom(0, 0x18), properties: reasonProperties }),
);

describe('codec', () => {
  it('decode(encode(packet)) is the packet', () => {
    fc.assert(
      fc.property(packets5, (packet) => {
        expect(decodeAll([encodePacket(packet, 5)], 5)).toEqual([packet]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('any split of the stream into chunks gives the same packets', () => {
    fc.assert(
      fc.property(fc.array(packets5, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (packets, cuts) => {
        const stream = Buffer.concat(packets.map((packet) => encodePacket(packet, 5)));
        const at = [...new Set([0, ...cuts.map((cut) => cut % stream.length), stream.length])].sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, i) => Buffer.from(stream.subarray(at[i], end)));
        expect(decodeAll(chunks, 5)).toEqual(packets);
        const single = Array.from(stream, (byte) => Buffer.from([byte]));
        expect(decodeAll(single, 5)).toEqual(packets);
      }),
      { numRuns: 300 },
    );
  });

  it('noise and damaged packets give a fault or a packet, and never throw', () => {
    const noise = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array));
    const damaged = fc.tuple(packets5, fc.nat(), fc.nat(255)).map(([packet, at, value]) => {
      const encoded = Buffer.from(encodePacket(packet, 5));
      encoded[at % encoded.length] = value;
      return encoded;
    });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), fc.constantFrom(3 as const, 4 as const, 5 as const), (input, version) => {
        for (const result of decodeAll([input], version)) expect(result).toBeTypeOf('object');
      }),
      { numRuns: 20_000 },
    );
  });

  it('a packet over the limit is refused by its length, before its body arrives', () => {
    const result = decodeAll([Buffer.from('30ffffff7f', 'hex')], 5, 1_000)[0] as Fault;
    expect(result.reasonCode).toBe(ReasonCode.PACKET_TOO_LARGE);
  });

  it.each([
    ['[MQTT-1.5.5-1] remaining length of five bytes', '30 80 80 80 80 01', 0x81],
    ['[MQTT-2.1.3-1] reserved flags of SUBSCRIBE', '80 06 0001 0001 61 00', 0x81],
    ['[MQTT-2.1.3-1] flags of PINGREQ', 'c1 00', 0x81],
    ['packet type 0', '00 00', 0x81],
    ['[MQTT-3.3.1-4] QoS 3', '36 06 0001 61 0001 00', 0x81],
    ['[MQTT-3.3.1-2] DUP with QoS 0', '38 04 0001 61 00', 0x81],
    ['[MQTT-2.2.1-3] packet identifier 0 in PUBLISH', '32 06 0001 61 0000 00', 0x82],
    ['[MQTT-2.2.1-3] packet identifier 0 in SUBSCRIBE', '82 07 0000 00 0001 61 00', 0x82],
    ['[MQTT-1.5.4-2] U+0000 in a topic', '30 04 0001 00 00', 0x81],
    ['[MQTT-1.5.4-1] surrogate in a topic', '30 06 0003 eda080 00', 0x81],
    ['[MQTT-1.5.4-1] invalid UTF-8 in a topic', '30 05 0002 fffe 00', 0x81],
    ['[MQTT-3.3.2-2] wildcard in a topic name', '30 04 0001 23 00', 0x90],
    ['no topic and no alias', '30 03 0000 00', 0x82],
    ['[MQTT-3.3.2-8] topic alias 0', '30 06 0000 03 230000', 0x94],
    ['[MQTT-3.3.2-14] response topic with a wildcard', '30 08 0001 61 04 08 0001 23', 0x82],
    ['a response topic that is cut short', '30 05 0001 61 01 08', 0x81],
    ['a property that is given twice', '30 09 0001 61 04 0100 0100 78', 0x82],
    ['a property that may not stand here', '30 08 0001 61 03 210001 78', 0x81],
    ['an unknown property', '30 06 0001 61 01 7f 78', 0x81],
    ['[MQTT-3.15.2-1] a reason code of other packets in AUTH', 'f0 02 80 00', 0x82],
    ['[MQTT-3.14.2-1] a reason code of other packets in DISCONNECT', 'e0 01 01', 0x82],
    ['[MQTT-3.8.3-2] SUBSCRIBE without filters', '82 03 0001 00', 0x82],
    ['[MQTT-3.10.3-2] UNSUBSCRIBE without filters', 'a2 03 0001 00', 0x82],
    ['[MQTT-4.7.1-1] filter a#', '82 08 0001 00 0002 6123 00', 0x8f],
    ['[MQTT-4.7.1-2] filter a+', '82 08 0001 00 0002 612b 00', 0x8f],
    ['[MQTT-4.7.3-1] empty filter', '82 06 0001 00 0000 00', 0x8f],
    ['[MQTT-4.8.2-1] share without a name', '82 0f 0001 00 0009 2473686172652f2f61 00', 0x8f],
    ['[MQTT-3.8.3-4] No Local on a shared subscription', '82 10 0001 00 000a 2473686172652f672f61 04', 0x82],
    ['[MQTT-3.8.3-5] reserved subscription options', '82 07 0001 00 0001 61 c0', 0x81],
    ['retain handling 3', '82 07 0001 00 0001 61 30', 0x82],
    ['subscription identifier 0', '82 09 0001 02 0b00 0001 61 00', 0x82],
    ['[MQTT-3.1.2-3] reserved connect flag', '10 0d 0004 4d515454 05 03 003c 00 0000', 0x81],
    ['[MQTT-3.1.2-11] will QoS without a will', '10 0d 0004 4d515454 05 0a 003c 00 0000', 0x81],
    ['[MQTT-3.1.2-12] will QoS 3', '10 14 0004 4d515454 05 1e 003c 00 0000 00 0001 61 0001 62', 0x81],
    ['[MQTT-3.1.2-13] will retain without a will', '10 0d 0004 4d515454 05 22 003c 00 0000', 0x81],
    ['[MQTT311-3.1.2-22] a password without a user name', '10 0f 0004 4d515454 04 42 003c 0000 0001 70', 0x81],
    ['[MQTT-3.1.2-1] wrong protocol name', '10 0d 0004 4d515458 05 02 003c 00 0000', 0x84],
    ['[MQTT-3.1.2-2] wrong protocol level', '10 0d 0004 4d515454 06 02 003c 00 0000', 0x84],
    ['bytes after the end of CONNECT', '10 0e 0004 4d515454 05 02 003c 00 0000 00', 0x81],
    ['session expiry interval that is given twice', '10 17 0004 4d515454 05 02 003c 0a 1100000001 1100000002 0000', 0x82],
    ['receive maximum 0', '10 10 0004 4d515454 05 02 003c 03 210000 0000', 0x82],
    ['authentication data without a method', '10 11 0004 4d515454 05 02 003c 04 16000161 0000', 0x82],
    ['PUBACK with an unknown reason code', '40 03 0001 01', 0x82],
  ])('%s is a fault', (_name, hex, reasonCode) => {
    const result = decodeHex(hex);
    expect(result).toBeInstanceOf(Fault);
    expect((result as Fault).reasonCode).toBe(reasonCode);
    expect((result as Fault).norm).toMatch(/^MQTT(311)?-/);
  });

  it.each([
    ['[MQTT-1.5.4-3] keeps a byte order mark', '30 05 0003 efbbbf', 4, '\ufeff'],
    ['[MQTT-4.7.3-4] keeps distinct normal forms apart', '30 05 0003 65cc81', 4, 'e\u0301'],
  ] as const)('%s', (_name, hex, version, topic) => {
    expect(decodeHex(hex, version)).toMatchObject({ type: 'publish', topic });
  });
});
