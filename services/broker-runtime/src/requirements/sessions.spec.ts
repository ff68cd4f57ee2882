import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(() => rig.stop());
const kept = { sessionExpiryInterval: 100 };

describe('sessions', () => {
  it('queue messages of QoS 1 and 2 while the client is away, in order [MQTT-3.1.2-23] [MQTT-4.5.0-1]', async () => {
    const away = await rig.open({ clientId: 'away', properties: kept });
    await away.subscribe('q/#', { qos: 2 });
    await away.cut();
    const publisher = await rig.open();
    publisher.publish('q/0', 'lost');
    for (let i = 1; i <= 5; i++) await publisher.publishAcknowledged(`q/${i}`, String(i), { qos: i % 2 === 0 ? 2 : 1 });
    const back = await rig.open({ clientId: 'away', cleanStart: false, properties: kept });
    expect(back.connack.sessionPresent).toBe(true);
    const got = await back.nextPublishes(5);
    expect(got.map(({ payload }) => payload.toString())).toEqual(['1', '2', '3', '4', '5']);
    expect(got.every(({ dup }) => !dup)).toBe(true);
  });

  it.each([4, 5] as const)(
    'protocol level %d: a clean start ends the old session [MQTT-3.1.2-4] [MQTT-3.2.2-2] [MQTT-3.2.2-3]',
    async (version) => {
      const clientId = `clean-${version}`;
      const first = await rig.open({ clientId, version, cleanStart: false, properties: version === 5 ? kept : {} });
      expect(first.connack.sessionPresent).toBe(false);
      await first.subscribe('clean', { qos: 1 });
      await first.leave();
      const again = await rig.open({ clientId, version, cleanStart: false, properties: version === 5 ? kept : {} });
      expect(again.connack.sessionPresent).toBe(true);
      await again.leave();
      const clean = await rig.open({ clientId, version, cleanStart: true });
      expect(clean.connack.sessionPresent).toBe(false);
      await clean.publishAcknowledged('clean', 'x');
      await clean.nothing('publish');
    },
  );

  it('send again what was not acknowledged, with DUP and the same identifier [MQTT-3.3.1-1] [MQTT-4.4.0-1]', async () => {
    const first = await rig.open({ clientId: 'resend', properties: kept });
    await first.subscribe('resend/#', { qos: 2 });
    const publisher = await rig.open();
    await publisher.publishAcknowledged('resend/1', '1');
    await publisher.publishAcknowledged('resend/2', '2', { qos: 2 });
    const one = await first.next('publish');
    const two = await first.next('publish');
    first.acknowledge(two);
    await first.next('pubrel');
    await first.cut();
    const back = await rig.open({ clientId: 'resend', cleanStart: false, properties: kept });
    expect(await back.next('publish')).toMatchObject({ dup: true, packetId: one.packetId, topic: 'resend/1' });
    expect((await back.next('pubrel')).packetId).toBe(two.packetId);
    back.send({ type: 'pubcomp', packetId: two.packetId, reasonCode: 0, properties: {} });
    back.acknowledge(one);
    await back.ping();
    await back.cut();
    const third = await rig.open({ clientId: 'resend', cleanStart: false, properties: kept });
    await third.nothing('publish');
    await third.nothing('pubrel');
  });

  it('end when their expiry interval is over, and at once with none [MQTT-3.1.2-23]', async () => {
    const none = await rig.open({ clientId: 'none' });
    await none.leave();
    expect((await rig.open({ clientId: 'none', cleanStart: false })).connack.sessionPresent).toBe(false);
    const short = await rig.open({ clientId: 'short', properties: { sessionExpiryInterval: 1 } });
    await short.leave();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect((await rig.open({ clientId: 'short', cleanStart: false })).connack.sessionPresent).toBe(false);
  });

  it('take a new expiry interval from DISCONNECT, but not from zero', async () => {
    const client = await rig.open({ clientId: 'disc', properties: kept });
    client.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } });
    await client.closed;
    const again = await rig.open({ clientId: 'disc', cleanStart: false });
    expect(again.connack.sessionPresent).toBe(false);
    again.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 9 } });
    expect((await again.next('disconnect')).reasonCode).toBe(0x82);
  });

  it('are taken over by a second connection; the first hears 0x8E [MQTT-3.1.4-3]', async () => {
    const first = await rig.open({ clientId: 'twin', properties: kept });
    await first.subscribe('twin', { qos: 1 });
    const second = await rig.open({ clientId: 'twin', cleanStart: false, properties: kept });
    expect((await first.next('disconnect')).reasonCode).toBe(0x8e);
    await first.closed;
    expect(second.connack.sessionPresent).toBe(true);
    await second.publishAcknowledged('twin', 'x');
    await second.next('publish');
    expect(rig.broker.kernel.connectedClients).toBe(rig.broker.kernel.clientIds().length);
  });

  it('survive a hundred take-overs in a row: one is live, nothing leaks', async () => {
    const clients = await Promise.all(
      Array.from({ length: 100 }, () => rig.open({ clientId: 'race', cleanStart: false, properties: kept })),
    );
    const live = clients.filter(({ isClosed }) => !isClosed);
    await Promise.all(
      clients.slice(0, -1).map((client) => Promise.race([client.closed, new Promise((resolve) => setTimeout(resolve, 300))])),
    );
    expect(live.length).toBeGreaterThanOrEqual(1);
    expect(clients.filter(({ isClosed }) => !isClosed)).toHaveLength(1);
    expect(rig.broker.kernel.connectedClients).toBe(rig.broker.kernel.clientIds().length);
  });

  it('get an identifier from the server when they bring none [MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16]', async () => {
    const client = await rig.open({ clientId: '' });
    expect(client.connack.properties.assignedClientIdentifier).toMatch(/^auto-/);
    const refused = await rig.open({ clientId: '', version: 4, cleanStart: false });
    expect(refused.connack.reasonCode).toBe(2);
    await refused.closed;
    expect((await rig.open({ clientId: '', version: 4, cleanStart: true })).connack.reasonCode).toBe(0);
  });

  it('leave out messages whose expiry is over when the client comes back [MQTT-3.3.2-5]', async () => {
    const away = await rig.open({ clientId: 'expiring', properties: kept });
    await away.subscribe('e/#', { qos: 1 });
    await away.leave();
    const publisher = await rig.open();
    await publisher.publishAcknowledged('e/1', 'x', { properties: { messageExpiryInterval: 1 } });
    await publisher.publishAcknowledged('e/2', 'x', { properties: { messageExpiryInterval: 60 } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const back = await rig.open({ clientId: 'expiring', cleanStart: false, properties: kept });
    const message = await back.next('publish');
    expect(message.topic).toBe('e/2');
    expect(message.properties.messageExpiryInterval).toBeLessThan(60);
    await back.nothing('publish');
  });
});
