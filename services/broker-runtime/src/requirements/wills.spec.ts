import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';
import type { TestClient } from '../test-support/test-client.js';

let rig: TestBroker;
let watcher: TestClient;
beforeAll(async () => {
  rig = await startBroker();
  watcher = await rig.open();
  await watcher.subscribe('will/#', { qos: 1 });
});
afterAll(() => rig.stop());
const will = (topic: string, properties = {}) => ({ topic, payload: Buffer.from('gone'), qos: 1 as const, retain: false, properties });

describe('wills', () => {
  it('are published when the link breaks, with their properties [MQTT-3.1.2-8] [MQTT-3.1.3-10]', async () => {
    const client = await rig.open({ will: will('will/a', { contentType: 'x', userProperties: [['k', 'v']] }) });
    await client.cut();
    const message = await watcher.next('publish');
    expect(message).toMatchObject({ topic: 'will/a', qos: 1, properties: { contentType: 'x', userProperties: [['k', 'v']] } });
    expect(message.properties.willDelayInterval).toBeUndefined();
  });

  it('are forgotten after DISCONNECT, unless it says otherwise [MQTT-3.1.2-10] [MQTT-3.14.4-3]', async () => {
    const polite = await rig.open({ will: will('will/b') });
    await polite.leave();
    await watcher.nothing('publish');
    const other = await rig.open({ will: will('will/c') });
    other.send({ type: 'disconnect', reasonCode: 4, properties: {} });
    expect((await watcher.next('publish')).topic).toBe('will/c');
  });

  it('wait for their delay, and are dropped when the client returns [MQTT-3.1.3-9]', async () => {
    const options = { clientId: 'delayed', will: will('will/d', { willDelayInterval: 1 }), properties: { sessionExpiryInterval: 60 } };
    const client = await rig.open(options);
    await client.cut();
    await watcher.nothing('publish');
    const back = await rig.open({ ...options, cleanStart: false });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    await watcher.nothing('publish');
    await back.cut();
    expect((await watcher.next('publish')).topic).toBe('will/d');
  });

  it('do not wait longer than their session [MQTT-3.1.2-8]', async () => {
    const client = await rig.open({ will: will('will/e', { willDelayInterval: 60 }), properties: { sessionExpiryInterval: 1 } });
    await client.cut();
    expect((await watcher.next('publish')).topic).toBe('will/e');
  });

  it('are published when the keep alive runs out [MQTT-3.1.2-22]', async () => {
    const client = await rig.open({ keepAliveSeconds: 1, will: will('will/f') });
    const before = Date.now();
    expect((await watcher.next('publish')).topic).toBe('will/f');
    expect(Date.now() - before).toBeGreaterThan(1_400);
    expect(Date.now() - before).toBeLessThan(2_000);
    expect((await client.next('disconnect')).reasonCode).toBe(0x8d);
  });
});
