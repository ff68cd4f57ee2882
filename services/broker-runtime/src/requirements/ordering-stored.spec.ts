/** Order where some messages of a topic wait for the disk and others need not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AckPacket } from '@rookery/mqtt-codec/packets';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let folder: string;
let rig: TestBroker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rk-order-'));
  rig = await startBroker({
    dataFolder: folder,
    policy: { accessRules: [{ effect: 'deny', action: 'publish', topic: 'denied', subject: 'all' }] },
  });
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

for (const version of [4, 5] as const)
  it.each([1, 2] as const)(
    `acknowledgements keep the order of their messages, be these stored, unheard or denied, protocol level ${version}, QoS %d [MQTT-4.6.0-2] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3]`,
    async (qos) => {
      const away = await rig.open({ clientId: 'away', cleanStart: false, properties: { sessionExpiryInterval: 60 } });
      await away.subscribe('stored', { qos });
      await away.subscribe('heard', { qos });
      const there = await rig.open();
      await there.subscribe('heard', { qos: 0 });
      const publisher = await rig.open({ version });
      const topics = ['stored', 'denied', 'unheard', 'heard', 'denied', 'stored', 'unheard', 'stored'];
      publisher.socket.cork();
      const sent = topics.map((topic) => publisher.publish(topic, 'x', { qos, retain: topic === 'heard' }));
      publisher.socket.uncork();
      const answers: AckPacket[] = [];
      for (const _ of sent) answers.push(await publisher.next(qos === 1 ? 'puback' : 'pubrec'));
      expect(answers.map(({ packetId }) => packetId)).toEqual(sent);
      const codes: Record<string, number> = version === 5 ? { denied: 0x87, unheard: 0x10 } : {};
      expect(answers.map(({ reasonCode }) => reasonCode)).toEqual(topics.map((topic) => codes[topic] ?? 0));
    },
  );

it('an acknowledgement with a reason does not overtake plain ones of the same turn [MQTT-4.6.0-2]', async () => {
  const there = await rig.open();
  await there.subscribe('plain', { qos: 1 });
  const publisher = await rig.open();
  publisher.socket.cork();
  const sent = ['plain', 'nobody', 'plain', 'plain', 'denied', 'plain'].map((topic) => publisher.publish(topic, 'x', { qos: 1 }));
  publisher.socket.uncork();
  const answers: [number, number][] = [];
  for (const _ of sent) {
    const { packetId, reasonCode } = await publisher.next('puback');
    answers.push([packetId, reasonCode]);
  }
  expect(answers).toEqual(sent.map((packetId, i) => [packetId, [0, 0x10, 0, 0, 0x87, 0][i]]));
});
