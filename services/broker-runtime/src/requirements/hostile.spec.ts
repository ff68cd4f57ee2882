import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import { connectPacket, TestClient } from '../test-support/test-client.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(async () => {
  expect(rig.errors).toEqual([]);
  await rig.stop();
});

const CONNECT_5 = '10 0e 0004 4d515454 05 02 003c 00 0001 61';
const CONNECT_4 = '10 0d 0004 4d515454 04 02 003c 0001 61';

describe('hostile packets', () => {
  it.each([
    ['aedes #612: malformed DISCONNECT', '101000044d5154540502003c0321001400006202d301e0020020'],
    ['CVE-2021-28166: client sends CONNACK', '101000044d5154540502003c03210014000029020001e000'],
    ['session expiry interval twice (F3)', '10 18 0004 4d515454 05 02 003c 0a 1100000001 1100000002 0001 61'],
    ['response topic without value (F4)', `${CONNECT_5} 30 05 0001 61 01 08`],
    ['PUBREL twice in a row (F5)', `${CONNECT_4} 34 06 0001 61 0001 78 62 02 0001 62 02 0001`],
    ['CVE-2021-34432: PUBLISH with an empty topic', `${CONNECT_4} 30 03 0000 78`],
    ['CVE-2026-21888: variable byte integer of five bytes', `${CONNECT_5} 30 ff ff ff ff 7f`],
    ['CVE-2018-12543: a topic that begins with $', `${CONNECT_4} 30 05 0002 2461 78`],
    ['CVE-2019-5432: SUBSCRIBE that is cut short', `${CONNECT_4} 82 03 0001 00`],
    ['CVE-2016-10523: CONNECT that is cut short', '10 02 0004'],
    ['first packet is PINGREQ [MQTT-3.1.0-1]', 'c0 00'],
    ['second CONNECT [MQTT-3.1.0-2]', `${CONNECT_4} ${CONNECT_4}`],
    ['remaining length of 256 MB before CONNECT', '10 ff ff ff 7f'],
    ['65,500 slashes in a topic', `${CONNECT_4} 30 ${'de ff 03'} ffdc ${'2f'.repeat(65_500)} 00 00`],
    ['SUBACK from a client', `${CONNECT_4} 90 03 0001 00`],
    ['packet type 0', `${CONNECT_4} 00 00`],
    ['AUTH in 3.1.1', `${CONNECT_4} f0 00`],
  ])('%s ends at most its own connection', async (_name, hex) => {
    const canary = await rig.open({ clientId: 'canary' });
    await canary.subscribe('canary', { qos: 1 });
    const client = await TestClient.dial(rig.where, /4d515454 ?05/.test(hex) ? 5 : 4);
    client.raw(hex);
    await Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 50))]);
    client.socket.destroy();
    await canary.publishAcknowledged('canary', 'alive');
    await canary.next('publish');
  });

  it.each([
    ['PUBACK for nothing', { type: 'puback' }],
    ['PUBREC for nothing', { type: 'pubrec' }],
    ['PUBCOMP for nothing', { type: 'pubcomp' }],
  ] as const)('%s is answered or ignored, and the client stays', async (_name, { type }) => {
    const client = await rig.open();
    client.send({ type, packetId: 9, reasonCode: 0, properties: {} });
    if (type === 'pubrec') expect(await client.next('pubrel')).toMatchObject({ packetId: 9, reasonCode: 0x92 });
    await client.ping();
  });

  it.each([
    [1, 'pubrec'],
    [1, 'pubcomp'],
    [2, 'puback'],
    [2, 'pubcomp'],
  ] as const)('QoS %d: %s for a message that does not expect it is a protocol error [MQTT-4.3.2-3] [MQTT-4.3.3-3]', async (qos, type) => {
    const client = await rig.open();
    await client.subscribe(`ack/${qos}/${type}`, { qos });
    await client.publishAcknowledged(`ack/${qos}/${type}`, 'x', { qos });
    const { packetId } = await client.next('publish');
    client.send({ type, packetId, reasonCode: 0, properties: {} });
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
  });

  it('nothing larger than the client takes is sent, not even CONNACK [MQTT-3.1.2-24]', async () => {
    const client = await TestClient.dial(rig.where, 5);
    client.send(connectPacket({ properties: { maximumPacketSize: 4 } }));
    await client.closed;
    expect(client.received).toEqual([]);
  });

  it('a protocol version that is not served is told so [MQTT-3.1.2-2]', async () => {
    const client = await TestClient.dial(rig.where, 4);
    client.raw('10 0d 0004 4d515454 07 02 003c 0001 61');
    expect((await client.next('connack')).reasonCode).toBe(1);
    await client.closed;
  });

  it('a malformed packet is answered with its reason code and words [MQTT-4.13.1-1]', async () => {
    const client = await rig.open();
    client.raw('82 08 0001 00 0002 612b 00');
    const { reasonCode, properties } = await client.next('disconnect');
    expect(reasonCode).toBe(0x8f);
    expect(properties.reasonString).toContain('a+');
    expect(rig.events.at(-1)).toMatchObject({ reasonCode: 0x8f });
  });

  it('sends no words to a client that does not want them [MQTT-3.1.2-29]', async () => {
    const client = await rig.open({ properties: { requestProblemInformation: 0 } });
    client.raw('82 08 0001 00 0002 612b 00');
    expect((await client.next('disconnect')).properties).toEqual({});
  });

  it('CONNECT one byte at a time is taken, and ended after ten seconds in total', async () => {
    const slow = await TestClient.dial(rig.where, 5);
    const silent = await TestClient.dial(rig.where, 5);
    const begun = Date.now();
    const timer = setInterval(() => slow.socket.writable && slow.raw('10'), 1_000);
    slow.raw('10 7f 00');
    const patient = await TestClient.dial(rig.where, 5);
    const { encodePacket } = await import('@rookery/mqtt-codec/encode');
    for (const byte of encodePacket(connectPacket(), 5)) {
      patient.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await patient.next('connack')).reasonCode).toBe(0);
    await Promise.all([slow.closed, silent.closed]);
    clearInterval(timer);
    expect(Date.now() - begun).toBeGreaterThan(9_000);
    expect(Date.now() - begun).toBeLessThan(11_000);
  }, 15_000);
});
