import { expect, it } from 'vitest';
import { startBroker } from '../test-support/test-broker.js';

it('with aedes.publish stubbed out nothing is delivered, stored or acknowledged', async () => {
  const rig = await startBroker();
  const subscriber = await rig.open({ clientId: 'sub', properties: { sessionExpiryInterval: 100 } });
  await subscriber.subscribe('#', { qos: 2 });
  const publisher = await rig.open({ will: { topic: 'will', payload: Buffer.from('x'), qos: 1, retain: true, properties: {} } });
  rig.broker.kernel.aedes.publish = () => {};
  for (const qos of [0, 1, 2] as const) publisher.publish(`t/${qos}`, 'x', { qos, retain: true });
  for (const type of ['puback', 'pubrec'] as const) await publisher.nothing(type);
  await publisher.cut();
  await subscriber.nothing('publish');
  expect(rig.broker.state.retained.size).toBe(0);
  expect(rig.broker.state.messages.size).toBe(0);
  await rig.stop();
});

it('a hook that changes topic and payload changes what subscribers and retained messages hold', async () => {
  const rig = await startBroker();
  const subscriber = await rig.open();
  await subscriber.subscribe('changed', { qos: 1 });
  rig.broker.kernel.aedes.authorizePublish = (_client, packet, done) => {
    packet.topic = 'changed';
    packet.payload = Buffer.from('by hook');
    done(null);
  };
  const publisher = await rig.open();
  await publisher.publishAcknowledged('original', 'x', { retain: true });
  publisher.publish('original', 'x');
  for (const message of await subscriber.nextPublishes(2)) expect(message.payload.toString()).toBe('by hook');
  expect([...rig.broker.state.retained.byTopic.keys()]).toEqual(['changed']);
  await rig.stop();
});
