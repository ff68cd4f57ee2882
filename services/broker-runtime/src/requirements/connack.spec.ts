/** CONNACK (§3.2), and the life of the session that it opens (§4.1). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawConnect, VERSIONS } from '../test-support/raw-packets.js';
import { credential, PEPPER, startBroker, type TestBroker } from '../test-support/test-broker.js';
import { TestClient } from '../test-support/test-client.js';

let broker: TestBroker;
beforeAll(async () => {
  broker = await startBroker({ policy: { connack: { responseInformation: 'answers/{clientId}' } } });
});
afterAll(() => broker.stop());

const stored = (version: 4 | 5, clientId: string) => ({
  version,
  clientId,
  cleanStart: false,
  properties: version === 5 ? { sessionExpiryInterval: 60 } : {},
});

describe('CONNACK', () => {
  it('of success answers a CONNECT that is accepted [MQTT-3.1.4-5] [MQTT311-3.1.4-4]', async () => {
    for (const version of VERSIONS) expect((await broker.open({ version })).connack.reasonCode).toBe(0);
  });

  it('comes before everything else, also before messages that wait [MQTT-3.2.0-1] [MQTT311-3.2.0-1]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open(stored(version, `first-${version}`));
      await client.subscribe(`first/${version}`, { qos: 1 });
      await client.leave();
      const publisher = await broker.open();
      for (let i = 0; i < 5; i++) await publisher.publishAcknowledged(`first/${version}`, 'x');
      const back = await TestClient.dial(broker.where, version);
      const types: string[] = [];
      back.send({ ...connectAgain(version), clientId: `first-${version}` });
      await expect.poll(() => back.received.length).toBe(6);
      types.push(...back.received.map(({ type }) => type));
      expect(types).toEqual(['connack', ...Array.from({ length: 5 }, () => 'publish')]);
    }
  });

  it('comes once [MQTT-3.2.0-2]', async () => {
    const client = await broker.open();
    client.socket.write(rawConnect());
    await client.closed;
    expect(client.received.map(({ type }) => type)).toEqual(['disconnect']);
  });

  it('has all bits of its flags zero but the first [MQTT-3.2.2-1]', async () => {
    const client = await broker.open(stored(5, 'flags'));
    await client.leave();
    for (const [flags, expected] of [
      [0, 1],
      [2, 0],
    ] as const) {
      const raw = await TestClient.dial(broker.where);
      const bytes = new Promise<Buffer>((resolve) => raw.socket.once('data', resolve));
      raw.socket.write(rawConnect({ flags, fields: ['flags'], properties: [0x11, 0, 0, 0, 60] }));
      expect((await bytes)[2]).toBe(expected);
      raw.socket.destroy();
    }
  });

  it('that refuses has Session Present 0, one of its reason codes, and the end behind it [MQTT-3.2.2-6] [MQTT-3.2.2-7] [MQTT-3.2.2-8] [MQTT-4.13.2-1] [MQTT311-3.2.2-4] [MQTT311-3.2.2-5]', async () => {
    const limited = await startBroker({ policy: { allowAnonymous: false, pepper: PEPPER, credentials: [credential('u', 'p')] } });
    const password = Buffer.from('p');
    await (await limited.open({ ...stored(5, 'known'), username: 'u', password })).leave();
    const refused = [
      { given: { ...stored(5, 'known'), username: 'u', password: Buffer.from('x') }, code: 0x86 },
      { given: stored(5, 'known'), code: 0x87 },
      { given: { ...stored(4, 'known'), username: 'u', password: Buffer.from('x') }, code: 4 },
      { given: { properties: { authenticationMethod: 'm' } }, code: 0x8c },
    ];
    for (const { given, code } of refused) {
      const client = await limited.open(given);
      expect(client.connack).toMatchObject({ reasonCode: code, sessionPresent: false });
      await client.closed;
    }
    await limited.stop();
  });

  it('leaves its reason string out where the client takes only less [MQTT-3.2.2-19] [MQTT-3.1.2-24]', async () => {
    const method = { authenticationMethod: 'm' };
    const wide = await broker.open({ properties: method });
    expect(wide.connack.properties.reasonString).toMatch(/\w/);
    const narrow = await broker.open({ properties: { ...method, maximumPacketSize: 10 } });
    expect(narrow.connack).toMatchObject({ reasonCode: 0x8c, properties: {} });
    expect(narrow.connack.properties.reasonString).toBeUndefined();
  });

  it('holds Response Information for those who ask, and for nobody else [MQTT-3.1.2-28]', async () => {
    const asks = await broker.open({ clientId: 'asks', properties: { requestResponseInformation: 1 } });
    expect(asks.connack.properties.responseInformation).toBe('answers/asks');
    for (const properties of [{}, { requestResponseInformation: 0 }])
      expect((await broker.open({ properties })).connack.properties.responseInformation).toBeUndefined();
    const wild = await broker.open({ clientId: 'a/+', properties: { requestResponseInformation: 1 } });
    expect(wild.connack.properties.responseInformation).toBeUndefined();
  });

  it('holds no authentication method where none was given, and no AUTH comes [MQTT-4.12.0-6]', async () => {
    const client = await broker.open();
    expect(client.connack.properties.authenticationMethod).toBeUndefined();
    await client.nothing('auth');
  });

  it('refuses an authentication method and ends the connection [MQTT-4.12.0-1] [MQTT-4.12.0-4]', async () => {
    const client = await broker.open({ properties: { authenticationMethod: 'SCRAM-SHA-256', authenticationData: Buffer.from('x') } });
    expect(client.connack.reasonCode).toBe(0x8c);
    await client.closed;
  });

  it('says what the server grants instead of what was asked: keep alive, session expiry, receive maximum', async () => {
    const strict = await startBroker({
      policy: { connack: { keepAliveSecondsMax: 30, receiveMaximum: 7, topicAliasMaximum: 0 }, quotas: { sessionExpirySecondsMax: 9 } },
    });
    const asked = { keepAliveSeconds: 60, properties: { sessionExpiryInterval: 100 } };
    const { connack } = await strict.open(asked);
    expect(connack.properties).toMatchObject({ serverKeepAlive: 30, sessionExpiryInterval: 9, receiveMaximum: 7, topicAliasMaximum: 0 });
    await strict.stop();
  });
});

describe('session state', () => {
  it('lasts as long as the connection, whatever its expiry interval [MQTT-4.1.0-1] [MQTT311-4.1.0-2]', async () => {
    for (const version of VERSIONS) {
      const client = await broker.open({ version, clientId: `lasts-${version}` });
      await client.subscribe(`lasts/${version}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      client.publish(`lasts/${version}`, 'x');
      await client.nextPublishes(1);
    }
  });

  it('is gone when its expiry interval has passed [MQTT-4.1.0-2] [MQTT-3.1.2-23]', async () => {
    const session = { clientId: 'short', cleanStart: false, properties: { sessionExpiryInterval: 1 } };
    await (await broker.open(session)).leave();
    const early = await broker.open(session);
    expect(early.connack.sessionPresent).toBe(true);
    await early.leave();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(broker.broker.state.sessions.has('short')).toBe(false);
    expect((await broker.open(session)).connack.sessionPresent).toBe(false);
  });
});

function connectAgain(version: 4 | 5) {
  const properties = version === 5 ? { sessionExpiryInterval: 60 } : {};
  return {
    type: 'connect' as const,
    version,
    cleanStart: false,
    keepAliveSeconds: 60,
    clientId: '',
    will: null,
    username: null,
    password: null,
    properties,
  };
}
