import { afterEach, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker, type TestBrokerOptions } from '../test-support/test-broker.js';
import { connectPacket, TestClient } from '../test-support/test-client.js';

let rig: TestBroker;
const start = async (quotas: NonNullable<NonNullable<TestBrokerOptions['policy']>['quotas']>) => {
  rig = await startBroker({ policy: { quotas } });
};
afterEach(() => rig.stop());
const kept = { sessionExpiryInterval: 100 };

describe('limits', () => {
  it('1,000 CONNECTs at once at a limit of 100: exactly 100 come in, three times over, and freed places are usable at once', async () => {
    await start({ clientsMax: 100 });
    for (let round = 0; round < 3; round++) {
      const version = round === 1 ? 4 : 5;
      const clients = await Promise.all(Array.from({ length: 1_000 }, () => TestClient.dial(rig.where, version)));
      for (const client of clients) client.send(connectPacket({ version }));
      const answers = await Promise.all(
        clients.map(async (client) => ({ client, code: (await client.next('connack', 10_000)).reasonCode })),
      );
      const accepted = answers.filter(({ code }) => code === 0);
      expect(accepted).toHaveLength(100);
      expect(new Set(answers.filter(({ code }) => code !== 0).map(({ code }) => code))).toEqual(new Set([version === 5 ? 0x97 : 3]));
      expect(rig.broker.kernel.connectedClients).toBe(100);
      await accepted[0]!.client.leave();
      const late = await rig.open();
      expect(late.connack.reasonCode).toBe(0);
      await late.leave();
      await Promise.all(accepted.slice(1).map(({ client }) => client.leave()));
      expect(rig.broker.kernel.connectedClients).toBe(0);
    }
  }, 30_000);

  it('take-over and resume of an own session succeed at the limit', async () => {
    await start({ clientsMax: 2, sessionsMax: 3 });
    const own = await rig.open({ clientId: 'own', properties: kept });
    await rig.open();
    const takeOver = await rig.open({ clientId: 'own', cleanStart: false, properties: kept });
    expect(takeOver.connack).toMatchObject({ reasonCode: 0, sessionPresent: true });
    await own.closed;
    await takeOver.leave();
    await rig.open();
    expect((await rig.open()).connack.reasonCode).toBe(0x97);
    expect((await rig.open({ clientId: 'own', cleanStart: false, properties: kept })).connack).toMatchObject({
      reasonCode: 0,
      sessionPresent: true,
    });
  });

  it('sessionsMax counts stored sessions too', async () => {
    await start({ sessionsMax: 2 });
    await rig.open({ properties: kept }).then((client) => client.leave());
    await rig.open({ properties: kept }).then((client) => client.leave());
    expect((await rig.open({ version: 4 })).connack.reasonCode).toBe(3);
  });

  it('subscriptions per client: SUBACK 0x97 / 0x80; topic levels: 0x8F / 0x80', async () => {
    await start({ subscriptionsPerClientMax: 1, topicLevelsMax: 3 });
    for (const version of [4, 5] as const) {
      const client = await rig.open({ version });
      expect((await client.subscribe('a/b/c/d')).reasonCodes).toEqual([version === 5 ? 0x8f : 0x80]);
      expect((await client.subscribe('a/b/c')).reasonCodes).toEqual([0]);
      expect((await client.subscribe('b')).reasonCodes).toEqual([version === 5 ? 0x97 : 0x80]);
      expect((await client.subscribe('a/b/c', { qos: 1 })).reasonCodes).toEqual([1]);
    }
  });

  it('queue length: the oldest messages go, the newest stay', async () => {
    await start({ queueLengthMax: 3 });
    await rig.open({ clientId: 'q', properties: kept }).then(async (client) => {
      await client.subscribe('q', { qos: 1 });
      await client.leave();
    });
    const publisher = await rig.open();
    for (let i = 1; i <= 5; i++) await publisher.publishAcknowledged('q', String(i));
    const back = await rig.open({ clientId: 'q', cleanStart: false, properties: kept });
    expect((await back.nextPublishes(3)).map(({ payload }) => payload.toString())).toEqual(['3', '4', '5']);
    expect(rig.broker.counters.messagesDropped).toBe(2);
  });

  it('retained messages: a new topic over the limit is refused with 0x97, a known one is replaced', async () => {
    await start({ retainedMax: 1 });
    const client = await rig.open();
    expect(await client.publishAcknowledged('a', '1', { retain: true })).toBe(0x10);
    expect(await client.publishAcknowledged('b', '1', { retain: true })).toBe(0x97);
    expect(await client.publishAcknowledged('a', '2', { retain: true })).toBe(0x10);
  });

  it('publish rate: over it the socket is not read, and nothing is lost', async () => {
    await start({ clientPublishPerSecondMax: 50 });
    const subscriber = await rig.open();
    await subscriber.subscribe('rate', { qos: 0 });
    const publisher = await rig.open();
    const before = performance.now();
    for (let i = 0; i < 105; i++) publisher.publish('rate', String(i));
    const got = await subscriber.nextPublishes(105);
    const seconds = (performance.now() - before) / 1000;
    expect(got.at(-1)?.payload.toString()).toBe('104');
    // 5 at once, then 50 a second.
    expect(seconds).toBeGreaterThan(1.9);
    expect(seconds).toBeLessThan(2.4);
  });

  it('publish rate: who has waited may go on, and is read again', async () => {
    await start({ clientPublishPerSecondMax: 100 });
    const client = await rig.open();
    await client.subscribe('again');
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 30; i++) client.publish('again', 'x');
      await client.nextPublishes(30);
      await client.ping();
    }
  });

  it('publish rate: ten seconds over it without a pause end in 0x96, and what was accepted is within one per cent', async () => {
    await start({ clientPublishPerSecondMax: 200 });
    const subscriber = await rig.open();
    await subscriber.subscribe('flood');
    const client = await rig.open({ clientId: 'flood' });
    const begun = Date.now();
    const timer = setInterval(() => {
      for (let i = 0; i < 100 && !client.isClosed; i++) client.publish('flood', 'x');
    }, 50);
    expect((await client.next('disconnect', 15_000)).reasonCode).toBe(0x96);
    clearInterval(timer);
    expect(Date.now() - begun).toBeGreaterThan(9_900);
    await subscriber.ping();
    const accepted = subscriber.received.length;
    expect(accepted).toBeGreaterThanOrEqual(1_980);
    expect(accepted).toBeLessThan(2_050);
  }, 20_000);
});
