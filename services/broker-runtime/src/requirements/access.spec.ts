import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credential, PEPPER, startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
const base = {
  allowAnonymous: false,
  pepper: PEPPER,
  credentials: [credential('anna', 'secret'), credential('bob', 'other')],
  defaultAccess: 'deny' as const,
  accessRules: [
    { effect: 'allow' as const, action: 'all' as const, topic: 'home/{username}/#' },
    { effect: 'allow' as const, action: 'subscribe' as const, topic: 'news/#' },
  ],
};
beforeAll(async () => {
  rig = await startBroker({ policy: base });
});
afterAll(() => rig.stop());
const anna = { username: 'anna', password: Buffer.from('secret') };

describe('access', () => {
  it.each([
    ['no user name', {}, 0x87, 5],
    ['a wrong password', { username: 'anna', password: Buffer.from('wrong') }, 0x86, 4],
    ['an unknown user name', { username: 'eve', password: Buffer.from('secret') }, 0x86, 4],
    ['an empty password', { username: 'anna', password: Buffer.alloc(0) }, 0x86, 4],
    ['no password', { username: 'anna' }, 0x86, 4],
  ])('refuses %s', async (_what, given, five, four) => {
    expect((await rig.open(given)).connack.reasonCode).toBe(five);
    const old = await rig.open({ version: 4, ...given });
    expect(old.connack.reasonCode).toBe(four);
    await old.closed;
  });

  it('asks the rules for each publish and subscribe', async () => {
    const client = await rig.open(anna);
    expect(await client.publishAcknowledged('home/anna/lamp', 'on')).toBe(0x10);
    expect(await client.publishAcknowledged('home/bob/lamp', 'on')).toBe(0x87);
    expect(await client.publishAcknowledged('home/bob/lamp', 'on', { qos: 2 })).toBe(0x87);
    expect(await client.publishAcknowledged('$SYS/x', 'on')).toBe(0x87);
    expect((await client.subscribe('news/+/today')).reasonCodes).toEqual([0]);
    expect((await client.subscribe('$share/g/home/anna/#')).reasonCodes).toEqual([0]);
    for (const filter of ['#', '+/anna/#', 'home/#', 'home/bob/lamp', '$SYS/#', '$share/g/#', '$queue/home/#'])
      expect((await client.subscribe(filter)).reasonCodes, filter).toEqual([0x87]);
  });

  it('MQTT 3.1.1: a denied publish is acknowledged and goes nowhere, a denied subscription is 0x80 [MQTT311-3.3.5-2]', async () => {
    const watcher = await rig.open({ username: 'bob', password: Buffer.from('other') });
    await watcher.subscribe('home/bob/#');
    const client = await rig.open({ version: 4, ...anna });
    expect((await client.subscribe('home/#')).reasonCodes).toEqual([0x80]);
    await client.publishAcknowledged('home/bob/door', 'open');
    await client.publishAcknowledged('home/bob/door', 'open', { qos: 2 });
    await watcher.nothing('publish');
  });

  it('refuses a will on a topic that is denied', async () => {
    const will = { topic: 'home/bob/x', payload: Buffer.alloc(0), qos: 0 as const, retain: false, properties: {} };
    expect((await rig.open({ ...anna, will })).connack.reasonCode).toBe(0x87);
  });

  it('does not offer enhanced authentication, and knows no AUTH outside of one [MQTT-4.12.0-1]', async () => {
    expect((await rig.open({ ...anna, properties: { authenticationMethod: 'SCRAM-SHA-1' } })).connack.reasonCode).toBe(0x8c);
    const client = await rig.open(anna);
    client.send({ type: 'auth', reasonCode: 0x18, properties: {} });
    expect((await client.next('disconnect')).reasonCode).toBe(0x82);
  });

  it('a change of policy reaches clients that are connected: rules, then the credential', async () => {
    const client = await rig.open({ ...anna, clientId: 'live' });
    await client.subscribe('home/anna/#', { qos: 1 });
    rig.apply({ ...base, accessRules: [{ effect: 'allow', action: 'all', topic: 'lab/#' }] });
    expect(await client.publishAcknowledged('home/anna/lamp', 'on')).toBe(0x87);
    expect(rig.broker.state.sessions.get('live')!.subscriptions.size).toBe(0);
    expect(await client.publishAcknowledged('lab/x', 'on')).toBe(0x10);
    rig.apply({ ...base, credentials: [credential('bob', 'other')] });
    expect((await client.next('disconnect')).reasonCode).toBe(0x87);
    await client.closed;
    expect((await rig.open(anna)).connack.reasonCode).toBe(0x86);
    rig.apply(base);
  });

  it('an older revision changes nothing', async () => {
    const { revision } = rig.broker.policy;
    rig.apply({ ...base, revision: revision - 1, credentials: [] });
    expect(rig.broker.policy.revision).toBe(revision);
    expect((await rig.open(anna)).connack.reasonCode).toBe(0);
  });

  it('a session is resumed only by the user name that made it', async () => {
    const session = { clientId: 'mine', properties: { sessionExpiryInterval: 100 } };
    await rig.open({ ...anna, ...session }).then((client) => client.leave());
    const other = await rig.open({ ...session, cleanStart: false, username: 'bob', password: Buffer.from('other') });
    expect(other.connack.sessionPresent).toBe(false);
  });

  it('a lower limit on packets holds for clients that are connected', async () => {
    const client = await rig.open(anna);
    rig.apply({ ...base, quotas: { packetBytesMax: 100 } });
    client.publish('home/anna/x', Buffer.alloc(200));
    expect((await client.next('disconnect')).reasonCode).toBe(0x95);
    rig.apply(base);
  });
});
