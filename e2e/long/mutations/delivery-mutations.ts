/** Faults in how messages and answers go out, each keyed by the statement that it breaks. */
import type { Mutation } from './mutation.ts';

const file = (name: string, ...rows: [id: string, from: string, to: string][]): Mutation[] =>
  rows.map(([id, from, to]) => ({ id, file: `services/broker-runtime/src/${name}`, from, to }));

export const DELIVERY_MUTATIONS: Mutation[] = [
  ...file('session/outlet.ts', ['MQTT-2.2.1-5', 'packed[at++] = (ack >> 8) & 0xff;', 'packed[at++] = 0;']),
  ...file('session/delivery.ts', ['MQTT-2.2.1-4', 'return (sequence % PACKET_IDS) + 1;', 'return sequence % PACKET_IDS;']),
  ...file(
    'session/session.ts',
    [
      'MQTT311-2.3.1-4',
      'while (this.inflight.size < PACKET_IDS && this.inflight.has(packetIdOf(this.nextSequence))) this.nextSequence++;',
      '',
    ],
    ['MQTT-3.3.1-3', 'arena[at] = 0x30 |', 'arena[at] = 0x30 | (form.bytes[form.start]! & 8) |'],
    ['MQTT-4.3.2-2', 'arena[at] = 0x30 |', 'arena[at] = 0x38 |'],
    ['MQTT-4.3.3-2', 'arena[at] = 0x30 |', 'arena[at] = 0x38 |'],
    ['MQTT-4.3.3-1', 'const packetId = packetIdOf(sequence);\n      const idAt', 'const packetId = 0;\n      const idAt'],
    [
      'MQTT-4.3.3-4',
      'if (delivery.message === null) this.world.outlet.acknowledge(sink!, PUBREL, packetId);',
      'if (delivery.message === null) return true;',
    ],
    ['MQTT-4.3.3-5', 'if (next.released) this.resendRelease(next);', 'if (next.released) this.finish(next);'],
    ['MQTT-4.3.3-3', 'this.waiting.resend(this.underWay());', 'this.waiting.resend(this.underWay().filter(({ qos }) => qos === 1));'],
    ['MQTT-3.8.4-8', 'const qos = terms.qos < publication.qos ? terms.qos : publication.qos;', 'const { qos } = publication;'],
  ),
  ...file(
    'session/subscribing.ts',
    ['MQTT-3.8.4-2', "type: 'suback', packetId: packet.packetId,", "type: 'suback', packetId: 1,"],
    ['MQTT-2.2.1-6', "type: 'unsuback', packetId: packet.packetId,", "type: 'unsuback', packetId: 1,"],
    ['MQTT-3.10.4-4', "connection.send({ type: 'unsuback',", "void ({ type: 'unsuback',"],
    [
      'MQTT311-3.10.4-5',
      'if (connection.closed) return;\n    if (error !== null &&',
      'if (connection.closed || reasonCodes.every((code) => code > 0)) return;\n    if (error !== null &&',
    ],
    ['MQTT-3.8.4-6', 'reasonCodes: answered });', 'reasonCodes: answered.slice(0, 1) });'],
    ['MQTT-3.8.4-7', '  return qos;\n}', '  return 0 * qos;\n}'],
    ['MQTT-3.9.2-1', 'connection.words(REFUSALS[refused]', '({ reasonString: REFUSALS[refused]!.repeat(1) }) ?? (REFUSALS[refused]'],
  ),
  ...file(
    'session/connection.ts',
    [
      'MQTT-3.14.2-2',
      'reasonCode, properties: this.words(words) });\n    this.broker.outlet',
      'reasonCode, properties: { sessionExpiryInterval: 9, ...this.words(words) } });\n    this.broker.outlet',
    ],
    ['MQTT-3.14.2-3', 'if (bytes.length > sink.packetBytesMax &&', 'if (bytes.length < 0 &&'],
    ['MQTT-3.2.2-19', 'if (bytes.length > sink.packetBytesMax &&', 'if (bytes.length < 0 &&'],
    ['MQTT-3.4.2-2', 'if (bytes.length > sink.packetBytesMax &&', 'if (bytes.length < 0 &&'],
  ),
  ...file(
    'session/handshake.ts',
    ['MQTT-3.1.2-7', 'void broker.persistence.putWill({ id }, publication.toPacket(), willDelayInterval);', ''],
    ['MQTT-4.9.0-1', 'packet.properties.receiveMaximum ?? 65_535, policy', '65_535, policy'],
    [
      'MQTT-3.1.3-10',
      'messageExpiryInterval, ...properties } = will.properties;',
      'messageExpiryInterval, ...properties } = { ...will.properties, userProperties: will.properties.userProperties?.toReversed() ?? [] };',
    ],
  ),
  ...file('session/will-delays.ts', ['MQTT-3.1.2-10', 'void this.world.persistence.delWill({ id: will.clientId });', '']),
  ...file('session/publish-receiver.ts', [
    'MQTT-3.3.2-20',
    'messageExpiryInterval: _expiry, ...kept }: Properties)',
    'messageExpiryInterval: _expiry, contentType: _type, ...kept }: Properties)',
  ]),
  ...file(
    'kernel/sink-form.ts',
    ['MQTT-3.1.2-25', 'return form.end - form.start <= sink.packetBytesMax;', 'return form !== null && sink !== null;'],
    ['MQTT-3.3.2-11', "topic: known > 0 ? '' : topic });", 'topic });'],
  ),
  ...file(
    'kernel/publication.ts',
    ['MQTT-3.3.1-8', "cmd: 'publish', topic, payload, qos, retain, dup", "cmd: 'publish', topic, payload, qos, retain: true, dup"],
    ['MQTT-4.3.2-1', 'if (numbered) at += 2;', ''],
  ),
  ...file('kernel/persistence.ts', [
    'MQTT-4.5.0-1',
    'if (!target.session.durable || target.qos === 0) continue;',
    'if (!target.session.durable || target.qos < 2) continue;',
  ]),
  ...file('kernel/subscription.ts', [
    'MQTT-4.8.2-3',
    'const { qos, retainAsPublished, identifier } = options;',
    'const { retainAsPublished, identifier } = options;\n  const qos = 2;',
  ]),
  ...file(
    'kernel/routing.ts',
    ['MQTT-4.7.3-4', 'let route = this.routes.get(topic);', 'topic = topic.normalize();\n    let route = this.routes.get(topic);'],
    ['MQTT311-4.7.3-4', 'let route = this.routes.get(topic);', 'topic = topic.toLowerCase();\n    let route = this.routes.get(topic);'],
  ),
  ...file('transport/web-socket-transport.ts', ['MQTT-6.0.0-1', 'else socket.close(UNSUPPORTED_DATA);', '']),
  ...file('transport/web-socket-door.ts', ['MQTT-6.0.0-4', 'SUBPROTOCOLS.find((name) => offered.has(name)) ?? false', 'false']),
];
