import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeProxyHeader } from '@rookery/contracts/proxy-protocol';
import { encodePacket } from '@rookery/mqtt-codec/encode';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { rawHandlesWork } from '@rookery/service-kit/raw-handle';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import { connectPacket, TestClient } from '../test-support/test-client.js';

it('raw handles work on the Node that we ship', async () => {
  expect(await rawHandlesWork()).toBe(process.platform === 'linux');
});

describe.each([
  ['raw handles', true],
  ['sockets of Node', false],
])('transports over %s', (_name, rawHandles) => {
  const folder = mkdtempSync(join(tmpdir(), 'rk-'));
  let rig: TestBroker;
  let proxied: TestBroker;
  beforeAll(async () => {
    rig = await startBroker({ rawHandles });
    proxied = await startBroker({ rawHandles, proxied: true, listen: { port: null, unix: join(folder, 's') } });
  });
  afterAll(async () => {
    await rig.stop();
    await proxied.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['mqtt', 4],
    ['ws', 4],
    ['mqtt', 5],
    ['ws', 5],
  ] as const)('MQTT.js over %s with protocol level %d: a message of each QoS comes back', async (scheme, protocolVersion) => {
    const client = await connectAsync(`${scheme}://127.0.0.1:${rig.where.port}/mqtt`, { protocolVersion });
    const got: string[] = [];
    client.on('message', (_topic, payload) => got.push(payload.toString()));
    await client.subscribeAsync(`js/${scheme}`, { qos: 2 });
    for (const qos of [0, 1, 2] as const) await client.publishAsync(`js/${scheme}`, `q${qos}`, { qos });
    while (got.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(got.toSorted()).toEqual(['q0', 'q1', 'q2']);
    await client.endAsync();
  });

  it('packets cross frames, and frames hold several packets [MQTT-6.0.0-2] [MQTT-6.0.0-4] [MQTT311-6.0.0-2] [MQTT311-6.0.0-4]', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${rig.where.port}/mqtt`, ['mqtt']);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.protocol).toBe('mqtt');
    const answers: Buffer[] = [];
    socket.on('message', (data: Buffer) => answers.push(data));
    const stream = Buffer.concat([
      encodePacket(connectPacket(), 5),
      encodePacket({ type: 'pingreq' }, 5),
      encodePacket({ type: 'pingreq' }, 5),
    ]);
    socket.send(stream.subarray(0, 5));
    socket.send(stream.subarray(5));
    while (!Buffer.concat(answers).toString('hex').endsWith('d000d000')) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.close();
  });

  it('text frames are closed [MQTT-6.0.0-1] [MQTT311-6.0.0-1], other subprotocols and plain HTTP are answered in words [MQTT-6.0.0-3]', async () => {
    const text = new WebSocket(`ws://127.0.0.1:${rig.where.port}/mqtt`, ['mqtt']);
    await new Promise((resolve) => text.once('open', resolve));
    text.send('hello');
    expect(await new Promise((resolve) => text.once('close', resolve))).toBe(1003);
    const other = new WebSocket(`ws://127.0.0.1:${rig.where.port}/mqtt`, ['chat']);
    const error = await new Promise<Error>((resolve) => other.once('error', resolve));
    expect(error.message).toContain('400');
    const answer = await fetch(`http://127.0.0.1:${rig.where.port}/`);
    expect(answer.status).toBe(426);
    expect(await answer.text()).toContain('MQTT broker');
  });

  it('takes the address and TLS version of the client from PROXY v2 on a unix socket', async () => {
    const client = await TestClient.dial({ path: join(folder, 's') });
    const header = encodeProxyHeader({
      sourceAddress: '203.0.113.9',
      sourcePort: 1,
      destinationAddress: '10.0.0.1',
      destinationPort: 2,
      tlsVersion: 'TLSv1.3',
    });
    client.socket.write(Buffer.concat([header, encodePacket(connectPacket({ clientId: 'proxied' }), 5)]));
    expect((await client.next('connack')).reasonCode).toBe(0);
    const { transport } = proxied.broker.connectionOf('proxied')!;
    expect(transport).toMatchObject({ kind: 'tls', remoteAddress: '203.0.113.9', tlsVersion: 'TLSv1.3' });
    const split = await TestClient.dial({ path: join(folder, 's') });
    for (const byte of header) split.socket.write(Buffer.from([byte]));
    split.send(connectPacket());
    expect((await split.next('connack')).reasonCode).toBe(0);
  });

  it('what another client sends does not get into messages that wait: for a commit, for the rest of a packet, for room', async () => {
    const subscriber = await TestClient.open(rig.where, { properties: { sessionExpiryInterval: 60 } });
    await subscriber.subscribe('own/#', { qos: 1 });
    const plain = await TestClient.open(rig.where);
    await plain.subscribe('own/#', { qos: 0 });
    const [one, two] = [await TestClient.open(rig.where), await TestClient.open(rig.where)];
    const payloads = [one, two].flatMap((client, c) =>
      Array.from({ length: 40 }, (_, i) => {
        const payload = Buffer.alloc(10_000 + 977 * i, `${c}${i},`);
        client.publish(`own/${c}`, payload, { qos: 1, retain: i === 0 });
        return payload.toString();
      }),
    );
    for (const client of [subscriber, plain]) {
      const got: string[] = [];
      while (got.length < payloads.length) got.push((await client.next('publish')).payload.toString());
      expect(got.toSorted()).toEqual(payloads.toSorted());
    }
    for (const client of [subscriber, plain, one, two]) client.socket.destroy();
  });

  it('bytes that come with the end of the stream are answered before the link is closed', async () => {
    const client = await TestClient.dial(rig.where);
    client.socket.end(Buffer.concat([encodePacket(connectPacket(), 5), encodePacket({ type: 'pingreq' }, 5)]));
    expect((await client.next('connack')).reasonCode).toBe(0);
    await client.next('pingresp');
    await client.closed;
  });

  it('a missing or malformed PROXY header ends the connection', async () => {
    const client = await TestClient.dial({ path: join(folder, 's') });
    client.send(connectPacket());
    await client.closed;
    expect(client.received).toEqual([]);
  });
});
