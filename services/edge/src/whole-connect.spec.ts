import { encodePacket } from '@rookery/mqtt-codec/encode';
import { describe, expect, it } from 'vitest';
import { readConnect } from './whole-connect.js';

const connect = (version: 3 | 4 | 5, more: object = {}) =>
  encodePacket(
    {
      type: 'connect',
      version,
      cleanStart: true,
      keepAliveSeconds: 60,
      clientId: 'one',
      will: null,
      username: 'user',
      password: Buffer.from('secret'),
      properties: {},
      ...more,
    },
    version,
  );

describe('what wakes a deployment', () => {
  it.each([3, 4, 5] as const)('is a whole CONNECT of MQTT level %i, and no part of one', (version) => {
    const bytes = connect(version);
    for (let length = 0; length < bytes.length; length++) expect(readConnect(bytes.subarray(0, length)).kind).toBe('incomplete');
    expect(readConnect(bytes)).toEqual({ kind: 'whole' });
    expect(readConnect(Buffer.concat([bytes, Buffer.from([0xc0, 0])]))).toEqual({ kind: 'whole' });
  });

  it.each<[string, Buffer, number[]]>([
    ['with the reserved flag set', flip(connect(5), 9, 1), [0x20, 0x81]],
    ['of another protocol level', flip(connect(4), 8, 2), [0x20, 0x01]],
    ['of another protocol', flip(connect(4), 4, 1), [0x20, 0x01]],
    [
      'with bytes behind its end',
      Buffer.concat([Buffer.from([0x10, connect(4).length - 1]), connect(4).subarray(2), Buffer.from([0])]),
      [0x20],
    ],
    ['longer than may be held', Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), [0x20]],
  ])('is not one %s; its sender is told why', (_, bytes, [first, code]) => {
    const read = readConnect(bytes);
    expect(read.kind).toBe('invalid');
    if (read.kind !== 'invalid') return;
    expect(read.refusal[0]).toBe(first);
    if (code !== undefined) expect(read.refusal[3]).toBe(code);
  });
});

function flip(bytes: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= bits;
  return copy;
}
