/** Order where some messages of a topic wait for the disk and others need not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let folder: string;
let rig: TestBroker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rk-order-'));
  rig = await startBroker({ dataFolder: folder });
});
afterAll(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true });
});

it.each([1, 2] as const)(
  'a retained message that waits for its commit is not overtaken by the next one of its topic, QoS %d [MQTT-4.6.0-6]',
  async (qos) => {
    const subscriber = await rig.open();
    await subscriber.subscribe(`mixed/${qos}`, { qos });
    const publisher = await rig.open();
    const sent = Array.from({ length: 40 }, (_, i) => String(i));
    publisher.socket.cork();
    for (const [i, payload] of sent.entries()) publisher.publish(`mixed/${qos}`, payload, { qos, retain: i % 3 === 0 });
    publisher.socket.uncork();
    const got = await subscriber.nextPublishes(sent.length);
    expect(got.map(({ payload }) => payload.toString())).toEqual(sent);
  },
);
