import type { RuntimeSpec } from '@rookery/contracts/runtime-spec';
import { expect, it } from 'vitest';
import { connectionDetails } from './connection-details.js';

const spec = (mqtt: number | null) => ({ ports: { mqtts: 20_000, mqtt } }) as RuntimeSpec;
const local = { slug: 's-1', host: 'localhost', domain: null, sharedMqttsPort: null, sharedWssPort: null };
const cloud = { slug: 's-1', host: 'm1', domain: 'mqtt.example.com', sharedMqttsPort: 8883, sharedWssPort: 8084 };

it.each([
  [
    'on a laptop',
    { ...local, spec: spec(20_001) },
    { host: 'localhost', mqttsPort: 20_000, mqttPort: 20_001, wssUrl: 'wss://localhost:20000/mqtt', wsUrl: 'ws://localhost:20001/mqtt' },
  ],
  [
    'without a plain port',
    { ...local, spec: spec(null) },
    { host: 'localhost', mqttsPort: 20_000, mqttPort: null, wssUrl: 'wss://localhost:20000/mqtt', wsUrl: null },
  ],
  [
    'under a domain',
    { ...cloud, spec: spec(null) },
    { host: 's-1.mqtt.example.com', mqttsPort: 8883, mqttPort: null, wssUrl: 'wss://s-1.mqtt.example.com:8084/mqtt', wsUrl: null },
  ],
  [
    'before it has a machine',
    { ...local, host: null, spec: null },
    { host: 'localhost', mqttsPort: null, mqttPort: null, wssUrl: null, wsUrl: null },
  ],
])('a deployment %s says where its clients connect', (_, placement, expected) => {
  expect(connectionDetails(placement)).toEqual(expected);
});
