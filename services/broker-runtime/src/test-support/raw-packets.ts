/** Packets built from their bytes, also such as no encoder would make. */
import type { ProtocolVersion } from '@rookery/mqtt-codec/packets';
import type { TestBroker } from './test-broker.js';
import { TestClient } from './test-client.js';

/** The versions whose statements most tests hold for. */
export const VERSIONS = [4, 5] as const;

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** A text or bytes with a length of 16 bits. */
export function field(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([u16(bytes.length), bytes]);
}

/** First byte, remaining length, body. */
export function packet(first: number, ...parts: (Buffer | number[])[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

export interface RawConnect {
  name?: string;
  version?: number;
  flags?: number;
  keepAlive?: number;
  properties?: number[];
  fields?: (string | Buffer)[];
}

/** CONNECT with Clean Start and the client identifier `c`, unless told otherwise. */
export function rawConnect({
  name = 'MQTT',
  version = 5,
  flags = 2,
  keepAlive = 60,
  properties = [],
  fields = ['c'],
}: RawConnect = {}): Buffer {
  const list = version === 5 ? [properties.length, ...properties] : [];
  return packet(0x10, field(name), [version, flags], u16(keepAlive), list, ...fields.map(field));
}

/** What the broker said before it ended the connection; fails when it does not end it. */
export async function ending(client: TestClient): Promise<TestClient['received']> {
  const timeout = new Promise<'open'>((resolve) => setTimeout(() => resolve('open'), 3_000).unref());
  if ((await Promise.race([client.closed, timeout])) === 'open') throw new Error('the connection is still open');
  return client.received;
}

/** Sends bytes as the first of a connection. */
export async function afterDial({ where }: TestBroker, bytes: Buffer, version: ProtocolVersion = 5): Promise<TestClient['received']> {
  const client = await TestClient.dial(where, version);
  client.socket.write(bytes);
  return ending(client);
}

/**
 * Sends bytes after a CONNECT that was accepted, and expects the end of the connection: with a DISCONNECT that holds
 * `reasonCode` for MQTT 5, without a word for MQTT 3.1.1.
 */
export async function endsWith(broker: TestBroker, version: ProtocolVersion, bytes: Buffer, reasonCode: number): Promise<void> {
  const client = await broker.open({ version });
  client.socket.write(bytes);
  const said = (await ending(client)).map((heard) => (heard.type === 'disconnect' ? heard.reasonCode : heard.type));
  const expected = version === 5 ? [reasonCode] : [];
  if (String(said) !== String(expected))
    throw new Error(`expected the end with ${JSON.stringify(expected)}, heard ${JSON.stringify(said)}`);
}
