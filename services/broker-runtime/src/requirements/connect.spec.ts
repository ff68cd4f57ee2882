/** CONNECT (MQTT 5.0 and 3.1.1, §3.1). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterDial, endsWith, field, packet, rawConnect, VERSIONS } from '../test-support/raw-packets.js';
import { credential, PEPPER, startBroker, type TestBroker } from '../test-support/test-broker.js';
import { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker.stop());

const PINGREQ = Buffer.from([0xc0, 0]);
const WILL = { topic: 'will', payload: Buffer.from('gone'), qos: 1 as const, retain: false, properties: {} };
/** A session that outlives its connection. */
const stored = (version: 4 | 5, clientId: string) => ({
  version,
  clientId,
  cleanStart: false,
  properties: version === 5 ? { sessionExpiryInterval: 60 } : {},
});

describe('CONNECT', () => {
  it('must come first: anything else ends the connection without an answer [MQTT-3.1.0-1] [MQTT311-3.1.0-1]', async () => {
    const firsts = [PINGREQ, packet(0x30, field('t')), packet(0x82, [0, 1, 0, 1, 97, 0]), Buffer.from([0xe0, 0])];
    for (const version of VERSIONS) for (const first of firsts) expect(await afterDial(broker, first, version)).toEqual([]);
  });

  it('may come only once [MQTT-3.1.0-2] [MQTT311-3.1.0-2]', async () => {
    for (const version of VERSIONS) await endsWith(broker, version, rawConnect({ version }), 0x82);
  });

  it('with another protocol name is not served [MQTT-3.1.2-1] [MQTT311-3.1.2-1]', async () => {
    for (const version of VERSIONS)
      for (const name of ['MQTX', 'mqtt', 'MQTT\u0020', '']) expect(await afterDial(broker, rawConnect({ name, version }), 4)).toEqual([]);
  });

  it('with a level that is not served is answered with return code 1 and closed [MQTT-3.1.2-2] [MQTT311-3.1.2-2]', async () => {
    for (const version of [0, 3, 6, 255]) {
      const heard = await afterDial(broker, rawConnect({ version }), 4);
      expect(heard).toMatchObject([{ type: 'connack', sessionPresent: false, reasonCode: 1 }]);
    }
  });

  it('with the reserved flag set ends the connection [MQTT-3.1.2-3] [MQTT311-3.1.2-3]', async () => {
    for (const version of VERSIONS) expect(await afterDial(broker, rawConnect({ version, flags: 3 }), version)).toEqual([]);
  });

  it('with will bits but no will ends the connection [MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13] [MQTT311-3.1.2-15]', async () => {
    for (const version of VERSIONS)
      for (const flags of [0x02 | 0x08, 0x02 | 0x10, 0x02 | 0x20])
        expect(await afterDial(broker, rawConnect({ version, flags }), version)).toEqual([]);
  });

  it('with a will of QoS 3 ends the connection, with 0, 1 and 2 it is taken [MQTT-3.1.2-12] [MQTT311-3.1.2-14]', async () => {
    for (const version of VERSIONS) {
      const fields = version === 5 ? ['c', Buffer.alloc(0), 't', 'x'] : ['c', 't', 'x'];
      const bytes = (qos: number) => {
        const whole = rawConnect({ version, flags: 0x06 | (qos << 3), fields });
        // The empty property list of the will is one byte, not two.
        return version === 5 ? packet(0x10, whole.subarray(2, 16), [0], field('t'), field('x')) : whole;
      };
      expect(await afterDial(broker, bytes(3), version)).toEqual([]);
      for (const qos of [0, 1, 2]) {
        const client = await TestClient.dial(broker.where, version);
        client.socket.write(bytes(qos));
        expect((await client.next('connack')).reasonCode).toBe(0);
        await client.leave();
      }
    }
  });

  it('with a password but no user name ends the connection in MQTT 3.1.1 [MQTT311-3.1.2-22]', async () => {
    expect(await afterDial(broker, rawConnect({ version: 4, flags: 0x42, fields: ['c', 'secret'] }), 4)).toEqual([]);
  });

  it('with text that is no UTF-8 or holds U+0000 ends the connection [MQTT-3.1.3-4] [MQTT-3.1.3-11] [MQTT-3.1.3-12] [MQTT311-3.1.3-4] [MQTT311-3.1.3-10] [MQTT311-3.1.3-11]', async () => {
    const faulty = [Buffer.from([0xff]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0x61, 0])];
    for (const text of faulty) {
      for (const version of VERSIONS) {
        expect(await afterDial(broker, rawConnect({ version, fields: [text] }), version)).toEqual([]);
        expect(await afterDial(broker, rawConnect({ version, flags: 0x82, fields: ['c', text] }), version)).toEqual([]);
      }
      expect(await afterDial(broker, rawConnect({ version: 4, flags: 0x06, fields: ['c', text, 'x'] }), 4)).toEqual([]);
      const body = rawConnect({ flags: 0x06 }).subarray(2);
      expect(await afterDial(broker, packet(0x10, body, [0], field(text), field('x')), 5)).toEqual([]);
    }
  });

  it('of a wrong form ends the connection without CONNACK [MQTT-3.1.4-1] [MQTT311-3.1.4-1] [MQTT311-3.2.2-6]', async () => {
    for (const version of VERSIONS) {
      const whole = rawConnect({ version });
      expect(await afterDial(broker, packet(0x10, whole.subarray(2), [0]), version)).toEqual([]);
      expect(await afterDial(broker, packet(0x10, whole.subarray(2, -1)), version)).toEqual([]);
    }
  });

  it('with Clean Start drops subscriptions, messages and session [MQTT-3.1.2-4] [MQTT-3.1.4-4] [MQTT-3.2.2-2] [MQTT311-3.1.2-6] [MQTT311-3.1.4-3] [MQTT311-3.2.2-1]', async () => {
    for (const version of VERSIONS) {
      const topic = `clean/${version}`;
      const client = await broker.open(stored(version, `clean-${version}`));
      await client.subscribe(topic, { qos: 1 });
      await client.leave();
      const publisher = await broker.open();
      await publisher.publishAcknowledged(topic, 'for the old session');
      const anew = await broker.open({ version, clientId: `clean-${version}` });
      expect(anew.connack).toMatchObject({ reasonCode: 0, sessionPresent: false });
      await publisher.publishAcknowledged(topic, 'for nobody');
      await anew.nothing('publish');
      await anew.leave();
      const later = await broker.open(stored(version, `clean-${version}`));
      expect(later.connack.sessionPresent).toBe(false);
    }
  });

  it('without Clean Start goes on with the session, its subscriptions and its messages of QoS 1 and 2 [MQTT-3.1.2-5] [MQTT-3.1.2-23] [MQTT-3.2.2-3] [MQTT-4.5.0-1] [MQTT311-3.1.2-4] [MQTT311-3.1.2-5] [MQTT311-3.2.2-2] [MQTT311-4.1.0-1] [MQTT311-4.5.0-1]', async () => {
    for (const version of VERSIONS) {
      const topic = `resume/${version}`;
      const client = await broker.open(stored(version, `resume-${version}`));
      await client.subscribe(topic, { qos: 2 });
      await client.subscribe(`${topic}/low`, { qos: 1 });
      await client.leave();
      const publisher = await broker.open();
      await publisher.publishAcknowledged(`${topic}/low`, 'at most 1', { qos: 2 });
      await publisher.publishAcknowledged(topic, 'qos 1', { qos: 1 });
      await publisher.publishAcknowledged(topic, 'qos 2', { qos: 2 });
      const back = await broker.open(stored(version, `resume-${version}`));
      expect(back.connack.sessionPresent).toBe(true);
      expect((await back.nextPublishes(3)).map(({ payload, qos }) => [String(payload), qos])).toEqual([
        ['at most 1', 1],
        ['qos 1', 1],
        ['qos 2', 2],
      ]);
      publisher.publish(topic, 'live');
      expect(String((await back.nextPublishes(1))[0]!.payload)).toBe('live');
    }
  });

  it('without Clean Start and without a session starts a new one [MQTT-3.1.2-6] [MQTT311-3.1.2-4] [MQTT311-3.2.2-3]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open(stored(version, `new-${version}`));
      expect(client.connack).toMatchObject({ reasonCode: 0, sessionPresent: false });
      await client.subscribe(`new/${version}`);
      client.publish(`new/${version}`, 'x');
      await client.nextPublishes(1);
    }
  });

  it('names its session by the client identifier, and by nothing else [MQTT-3.1.3-2] [MQTT311-3.1.3-2]', async () => {
    for (const version of VERSIONS) {
      await (await broker.open(stored(version, `name-${version}`))).leave();
      expect((await broker.open(stored(version, `NAME-${version}`))).connack.sessionPresent).toBe(false);
      expect((await broker.open(stored(version, `name-${version}`))).connack.sessionPresent).toBe(true);
    }
  });

  it('may have any client identifier of 1 to 23 letters and digits [MQTT-3.1.3-5] [MQTT311-3.1.3-5]', async () => {
    const all = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const ids = ['a', 'Z', '0', all.slice(0, 23), all.slice(23, 46), all.slice(39)];
    for (const version of [3, 4, 5] as const)
      for (const clientId of ids) expect((await broker.open({ version, clientId })).connack.reasonCode).toBe(0);
  });

  it('without client identifier gets a new one, which MQTT 5 is told [MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16] [MQTT311-3.1.3-6]', async () => {
    const one = await broker.open({ clientId: '' });
    const two = await broker.open({ clientId: '' });
    const ids = [one, two].map(({ connack }) => connack.properties.assignedClientIdentifier);
    expect(ids[0]).toMatch(/^.{5,}$/);
    expect(ids[1]).not.toBe(ids[0]);
    expect(broker.broker.kernel.clientIds()).toEqual(expect.arrayContaining(ids));
    const older = [await broker.open({ version: 4, clientId: '' }), await broker.open({ version: 4, clientId: '' })];
    for (const client of older) await client.ping();
  });

  it('without client identifier needs Clean Session in MQTT 3.1.1: return code 2, then the end [MQTT311-3.1.3-8]', async () => {
    const heard = await afterDial(broker, rawConnect({ version: 4, flags: 0, fields: [''] }), 4);
    expect(heard).toMatchObject([{ type: 'connack', reasonCode: 2, sessionPresent: false }]);
  });

  it('with a client identifier that is refused hears return code 2 and is ended [MQTT-3.1.3-8] [MQTT311-3.1.3-9]', async () => {
    const heard = await afterDial(broker, rawConnect({ name: 'MQIsdp', version: 3, fields: ['x'.repeat(24)] }), 3);
    expect(heard).toMatchObject([{ type: 'connack', reasonCode: 2 }]);
    expect(await afterDial(broker, rawConnect({ fields: ['a\u0001b'] }))).toEqual([]);
  });

  it('takes over from an older connection, which hears 0x8E in MQTT 5 and is ended [MQTT-3.1.4-3] [MQTT311-3.1.4-2]', async () => {
    for (const version of VERSIONS) {
      const older = await broker.open({ version, clientId: `twice-${version}` });
      const newer = await broker.open({ version, clientId: `twice-${version}` });
      if (version === 5) expect((await older.next('disconnect')).reasonCode).toBe(0x8e);
      await older.closed;
      await newer.ping();
    }
  });

  it('that breaks a rule or a limit is refused and ended [MQTT-3.1.4-2]', async () => {
    const closed = await startBroker({ policy: { allowAnonymous: false, pepper: PEPPER, credentials: [credential('u', 'p')] } });
    for (const [version, code] of [
      [5, 0x86],
      [4, 4],
    ] as const) {
      const client = await closed.open({ version, username: 'u', password: Buffer.from('wrong') });
      expect(client.connack).toMatchObject({ reasonCode: code, sessionPresent: false });
      await client.closed;
    }
    await closed.stop();
  });

  it('that is refused has nothing after it processed [MQTT-3.1.4-6] [MQTT311-3.1.4-5]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('after/refusal');
    const publish = packet(0x30, field('after/refusal'), [0x78]);
    await afterDial(broker, Buffer.concat([rawConnect({ version: 4, flags: 0, fields: [''] }), publish]), 4);
    const method = [0x15, 0, 1, 0x6d];
    await afterDial(broker, Buffer.concat([rawConnect({ properties: method }), packet(0x30, field('after/refusal'), [0, 0x78])]));
    await watcher.nothing('publish');
  });

  it('keeps the will until the connection ends other than by DISCONNECT [MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT311-3.1.2-8] [MQTT311-3.1.2-10]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('will', { qos: 1 });
    for (const version of VERSIONS) {
      const client = await broker.open({ version, will: WILL });
      await watcher.nothing('publish');
      await client.cut();
      expect(String((await watcher.nextPublishes(1))[0]!.payload)).toBe('gone');
      await watcher.nothing('publish');
      expect(broker.broker.state.wills.size).toBe(0);
    }
  });

  it('has its will called off by DISCONNECT [MQTT-3.1.2-10] [MQTT-3.14.4-3] [MQTT311-3.1.2-10] [MQTT311-3.14.4-3]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('will', { qos: 1 });
    for (const version of VERSIONS) {
      await (await broker.open({ version, will: WILL })).leave();
      expect(broker.broker.state.wills.size).toBe(0);
    }
    await watcher.nothing('publish');
  });

  it('without a will publishes nothing at its end [MQTT311-3.1.2-12]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('#');
    await (await broker.open({ version: 4, clientId: 'plain' })).cut();
    await expect.poll(() => broker.broker.kernel.clientIds()).not.toContain('plain');
    await watcher.nothing('publish');
  });

  it('has a will retained only if it says so [MQTT-3.1.2-14] [MQTT-3.1.2-15] [MQTT311-3.1.2-16] [MQTT311-3.1.2-17]', async () => {
    for (const version of VERSIONS)
      for (const retain of [false, true]) {
        const topic = `will/${version}/${retain}`;
        const client = await broker.open({ version, will: { ...WILL, topic, retain } });
        const watcher = await broker.open();
        await watcher.subscribe(topic, { qos: 1 });
        await client.cut();
        await watcher.nextPublishes(1);
        const late = await broker.open();
        await late.subscribe(topic, { qos: 1 });
        if (retain) expect((await late.nextPublishes(1))[0]).toMatchObject({ topic, retain: true });
        await late.nothing('publish');
      }
  });

  it('keeps the order of user properties in its will [MQTT-3.1.3-10]', async () => {
    const userProperties: [string, string][] = [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ];
    const watcher = await broker.open();
    await watcher.subscribe('ordered/will');
    const client = await broker.open({ will: { ...WILL, topic: 'ordered/will', properties: { userProperties } } });
    await client.cut();
    expect((await watcher.nextPublishes(1))[0]!.properties.userProperties).toEqual(userProperties);
  });

  it('has its will held back while the client may return, and dropped when it does [MQTT-3.1.3-9]', async () => {
    const watcher = await broker.open();
    await watcher.subscribe('late/will');
    const will = { ...WILL, topic: 'late/will', properties: { willDelayInterval: 1 } };
    const client = await broker.open({ ...stored(5, 'returns'), will });
    await client.cut();
    await expect.poll(() => broker.broker.kernel.clientIds()).not.toContain('returns');
    await broker.open(stored(5, 'returns'));
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    await watcher.nothing('publish');
  });

  it('ends after one and a half keep alive intervals of silence, and not before [MQTT-3.1.2-22] [MQTT-3.2.2-22] [MQTT311-3.1.2-24]', async () => {
    await Promise.all(
      VERSIONS.map(async (version) => {
        const client = await broker.open({ version, keepAliveSeconds: 1 });
        expect(client.connack.properties.serverKeepAlive).toBeUndefined();
        await new Promise((resolve) => setTimeout(resolve, 900));
        await client.ping();
        const silentSince = performance.now();
        await client.closed;
        const silence = performance.now() - silentSince;
        expect(silence).toBeGreaterThan(1_400);
        expect(silence).toBeLessThan(1_900);
      }),
    );
  });

  it('leaves retained messages alone when its session ends [MQTT311-3.1.2-7]', async () => {
    const client = await broker.open({ version: 4 });
    await client.publishAcknowledged('outlives', 'kept', { retain: true });
    await client.leave();
    const late = await broker.open({ version: 4 });
    await late.subscribe('outlives', { qos: 1 });
    expect(String((await late.nextPublishes(1))[0]!.payload)).toBe('kept');
  });
});
