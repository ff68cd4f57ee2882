import { afterAll, beforeAll, expect, it } from 'vitest';
import { PENDING_BYTES_MAX } from '../session/outlet.js';
import { startBroker, type TestBroker } from '../test-support/test-broker.js';

let rig: TestBroker;
beforeAll(async () => {
  rig = await startBroker();
});
afterAll(() => rig.stop());

it('a subscriber that stops reading loses QoS 0, hurts nobody else, and is sent away with 0x97 after ten seconds', async () => {
  const slow = await rig.open({ clientId: 'slow' });
  const quick = await rig.open();
  await slow.subscribe('flood');
  await quick.subscribe('flood');
  const publisher = await rig.open();
  slow.socket.pause();
  const payload = Buffer.alloc(16 * 1024);
  for (let i = 0; i < 1_500; i++) {
    publisher.publish('flood', payload);
    if (i % 50 === 49) expect(await quick.nextPublishes(50)).toHaveLength(50);
  }
  const session = rig.broker.state.sessions.get('slow')!;
  expect(session.messagesDropped).toBeGreaterThan(100);
  expect(session.sink!.pendingBytes).toBeLessThan(PENDING_BYTES_MAX + 128 * 1024);
  const begun = Date.now();
  while (rig.broker.connectionOf('slow') !== null && Date.now() - begun < 13_000) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(Date.now() - begun).toBeGreaterThan(8_000);
  expect(rig.events.find(({ clientId }) => clientId === 'slow')).toMatchObject({ reasonCode: 0x97 });
  const back = await rig.open({ clientId: 'slow' });
  await back.subscribe('flood');
  publisher.publish('flood', 'small');
  expect((await back.next('publish')).payload.toString()).toBe('small');
}, 25_000);

it('a client that does not read its acknowledgements is not read either', async () => {
  const client = await rig.open({ version: 4 });
  client.socket.pause();
  const packet = Buffer.from('3205000161', 'hex');
  const burst = Buffer.concat(Array.from({ length: 20_000 }, (_, i) => Buffer.concat([packet, Buffer.from([i >> 8, (i & 0xff) | 1])])));
  for (let i = 0; i < 40; i++) client.socket.write(burst);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const { sink } of rig.broker.connections) expect(sink.pendingBytes).toBeLessThan(PENDING_BYTES_MAX + 128 * 1024);
  client.socket.destroy();
});
