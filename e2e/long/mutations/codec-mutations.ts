/** Faults in the codec, each keyed by the statement that it breaks. */
import type { Mutation } from './mutation.ts';

const file = (name: string, ...rows: [id: string, from: string, to: string][]): Mutation[] =>
  rows.map(([id, from, to]) => ({ id, file: `packages/mqtt-codec/src/${name}`, from, to }));

export const CODEC_MUTATIONS: Mutation[] = [
  ...file(
    'byte-reader.ts',
    ['MQTT-1.5.4-1', 'seen >= 0x80 && !isUtf8(bytes.subarray(start, end))', 'false'],
    ['MQTT-1.5.4-2', "if (byte === 0) return 'null';", ''],
    ['MQTT311-1.5.3-1', 'seen >= 0x80 && !isUtf8(bytes.subarray(start, end))', 'seen >= 0xff'],
    ['MQTT311-2.3.1-1', 'if (id === 0) this.fail(', 'if (id === -1) this.fail('],
    ['MQTT-3.1.4-1', "if (this.remaining > 0) this.fail('MQTT-2.1.4'", "if (this.remaining > 99) this.fail('MQTT-2.1.4'"],
  ),
  ...file(
    'publish-frame.ts',
    [
      'MQTT-1.5.4-3',
      "bytes.toString(kind === 'ascii' ? 'latin1' : 'utf8', start, end);",
      "bytes.toString('utf8', start, end).replace('\\ufeff', '');",
    ],
    ['MQTT-2.2.1-3', 'if (this.packetId === 0)', 'if (this.packetId === -1)'],
    ['MQTT-3.3.1-4', 'if (qos === 3) return', 'if (qos === 4) return'],
    ['MQTT311-3.3.1-4', 'const qos = (first >> 1) & 3;', 'const qos = Math.min(2, (first >> 1) & 3);'],
    ['MQTT-3.3.1-2', 'if (this.dup && qos === 0)', 'if (this.dup && qos === 5)'],
    ['MQTT-3.3.2-2', "if (topic !== '' && !isTopicName(topic))", "if (topic === '?')"],
    ['MQTT311-4.7.1-1', "if (topic !== '' && !isTopicName(topic))", "if (topic.includes('#'))"],
  ),
  ...file(
    'frame-reader.ts',
    ['MQTT-1.5.5-1', 'if (byte === 0 && shift > 0 && this.minimalLength)', 'if (byte === 256)'],
    ['MQTT-4.2-1', 'if (this.heldBytes < total) return false;', 'if (this.heldBytes < total) return this.at++ < 0;'],
  ),
  ...file(
    'properties.ts',
    ['MQTT-1.5.7-1', "reader.text('user property value')", "reader.binary('user property value').toString()"],
    ['MQTT-3.3.2-13', "form === 'text' ? reader.text(name)", "form === 'text' ? reader.binary(name).toString()"],
    ['MQTT-3.3.2-18', '(into.userProperties ??= []).push(', '(into.userProperties ??= []).unshift('],
  ),
  ...file(
    'decode.ts',
    ['MQTT-2.1.3-1', '(first & 15) !== reservedFlags(type);', '(first & 7) !== reservedFlags(type);'],
    ['MQTT311-2.2.2-2', '(first & 15) !== reservedFlags(type);', '(first & 14) !== reservedFlags(type);'],
    ['MQTT-3.14.1-1', '(first & 15) !== reservedFlags(type);', '(first & 15) !== reservedFlags(type) && type !== PacketType.DISCONNECT;'],
    ['MQTT-3.15.1-1', '(first & 15) !== reservedFlags(type);', '(first & 15) !== reservedFlags(type) && type !== PacketType.AUTH;'],
    ['MQTT-3.3.2-14', "reader.fail('MQTT-3.3.2-14'", "void ('MQTT-3.3.2-14'"],
    ['MQTT-3.3.2-8', 'if (properties.topicAlias === 0)', 'if (properties.topicAlias === -1)'],
    ['MQTT-3.4.2-1', 'const PUBLISH_CODES = [0x00,', 'const PUBLISH_CODES = [0x92, 0x00,'],
    ['MQTT-3.6.2-1', 'const RELEASE_CODES = [0x00,', 'const RELEASE_CODES = [0x10, 0x00,'],
    ['MQTT-3.14.2-1', '...[0x00, 0x04, 0x80, 0x81,', '...[0x01, 0x00, 0x04, 0x80, 0x81,'],
    ['MQTT-3.15.2-1', 'const AUTH_CODES: readonly number[] = [', 'const AUTH_CODES: readonly number[] = [0x80, '],
    ['MQTT-3.8.3-2', 'if (subscriptions.length === 0)', 'if (subscriptions.length < 0)'],
    ['MQTT-3.8.3-4', "if (noLocal && (filter.startsWith('$share/')", "if (noLocal && (filter.startsWith('$none/')"],
    ['MQTT-3.8.3-5', 'options >> 6 !== 0', 'options >> 7 !== 0'],
    ['MQTT311-3.8.3-4', 'options >> 2 !== 0', 'options >> 3 !== 0'],
    ['MQTT-3.10.3-2', 'if (filters.length === 0)', 'if (filters.length < 0)'],
    ['MQTT-3.8.3-1', "reader.name('topic filter')", "reader.binary('topic filter').toString()"],
  ),
  ...file(
    'topics.ts',
    ['MQTT-4.7.1-1', "return level === '#' && i === levels.length - 1;", "return level === '#';"],
    ['MQTT-4.7.1-2', "return !level.includes('+') || level === '+';", 'return true;'],
    ['MQTT-4.8.2-2', "share === '' || hasWildcard(share)", "share === ''"],
    ['MQTT-4.8.2-1', "share === '' || hasWildcard(share)", 'hasWildcard(share)'],
    ['MQTT-4.7.3-1', "if (filter === '' || filter.includes", 'if (filter.includes'],
  ),
  ...file(
    'decode-connect.ts',
    ['MQTT-3.1.2-3', 'version > 3 && (flags & 1) !== 0', 'version > 5 && (flags & 1) !== 0'],
    ['MQTT311-3.1.2-3', 'version > 3 && (flags & 1) !== 0', 'version > 4 && (flags & 1) !== 0'],
    ['MQTT-3.1.2-11', "if (qos !== 0) reader.fail('MQTT-3.1.2-11'", "if (qos > 2) reader.fail('MQTT-3.1.2-11'"],
    ['MQTT-3.1.2-12', "if (qos === 3) reader.fail('MQTT-3.1.2-12'", "if (qos === 4) reader.fail('MQTT-3.1.2-12'"],
    ['MQTT-3.1.2-13', "if (retain) reader.fail('MQTT-3.1.2-13'", "if (retain && qos > 0) reader.fail('MQTT-3.1.2-13'"],
    ['MQTT311-3.1.2-22', 'version < 5 && hasPassword && !hasUsername', 'version < 4 && hasPassword && !hasUsername'],
    ['MQTT-3.1.2-1', "name === 'MQTT' && (level === 4 || level === 5)", 'level === 4 || level === 5'],
    ['MQTT-3.1.2-2', "name === 'MQTT' && (level === 4 || level === 5)", "name === 'MQTT' && level > 3"],
    ['MQTT-3.1.3-11', "reader.name('will topic')", "reader.binary('will topic').toString()"],
    ['MQTT-3.1.3-12', "reader.name('user name')", "reader.binary('user name').toString()"],
    ['MQTT-3.1.3-4', "reader.name('client identifier')", "reader.binary('client identifier').toString()"],
    ['MQTT311-3.1.4-1', "reader.finish('CONNECT');", ''],
  ),
];
