/**
 * Story 10: clients that others wrote, in four languages, find the same broker by every version and transport. What a client
 * cannot do by itself is no test of ours: Debian's mosquitto clients know no WebSocket, and cannot unsubscribe.
 */
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import type { Driver, Transport } from './matrix/driver.ts';
import { behindEdge, brokerAlone, type Place } from './matrix/endpoints.ts';
import { Bench, FEATURES } from './matrix/features.ts';
import { GoDriver } from './matrix/go-driver.ts';
import { MosquittoDriver } from './matrix/mosquitto-driver.ts';
import { MqttJsDriver } from './matrix/mqttjs-driver.ts';
import { PythonDriver } from './matrix/python-driver.ts';
import { Api } from './support/api.ts';
import { isInstalled } from './support/clients.ts';

const DRIVERS: Record<string, () => Driver> = {
  'MQTT.js': () => new MqttJsDriver(),
  'Paho for Python': () => new PythonDriver(),
  'Paho for Go': () => new GoDriver(),
  'mosquitto clients': () => new MosquittoDriver(),
};
const TRANSPORTS: readonly Transport[] = ['tcp', 'tls', 'ws', 'wss'];
const PLACES = {
  'a broker alone': async () => (isInstalled('openssl') ? brokerAlone() : null),
  'a deployment behind the edge': async () => {
    const { graphqlUrl, apiKey, caFile } = inject('system');
    return behindEdge(await new Api(graphqlUrl, apiKey).deploy('matrix'), caFile);
  },
};

let runs = 0;

// Each library waits for its own answers: the libraries, and the places, go on side by side. What one is asked is in order.
describe.concurrent.each(Object.entries(PLACES))('%s', (_place, open) => {
  let place: Place | null;
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place?.stop());

  describe.concurrent.each(Object.entries(DRIVERS))('%s', (_name, make) => {
    const driver = make();
    beforeAll(async () => {
      if (driver.missing === null) await driver.start();
    });
    afterAll(() => driver.stop());

    for (const version of [4, 5] as const)
      describe.each(TRANSPORTS.filter((transport) => driver.supports(transport)))(
        `MQTT ${version === 4 ? '3.1.1' : '5.0'} over %s`,
        { concurrent: false },
        (transport) => {
          for (const asked of FEATURES.filter((feature) => feature.versions.includes(version) && !driver.lacks.includes(feature.name)))
            it(asked.name, async ({ skip }) => {
              if (place === null) return skip('openssl is not installed');
              if (driver.missing !== null) return skip(driver.missing);
              const login = { username: place.username, password: place.password };
              await asked.run(new Bench(driver, `m${++runs}`, version, place.endpoint(transport), login));
            });
        },
      );
  });
});
