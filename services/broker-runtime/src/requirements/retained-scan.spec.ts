/** A wildcard over many retained messages, in the shipped bundle, measured turn by turn of its event loop. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestRuntime } from '../test-support/test-runtime.js';

const TOPICS = 20_000;
/** Issue of the bar: no turn longer than this, ms. */
const TURN_MS_MAX = 10;

let folder: string;
let runtime: TestRuntime;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rk-scan-'));
  runtime = await TestRuntime.startProbed('loop-probe', '--data', folder);
  const publisher = await runtime.open();
  for (let i = 0; i < TOPICS; i++) {
    publisher.publish(`scan/${i % 100}/${i}`, `value ${i}`, { retain: true, qos: i % 2 === 0 ? 0 : 1 });
    // Half of 100 messages are acknowledged, and no more are open at a time.
    if (i % 100 === 99) for (let acknowledged = 0; acknowledged < 50; acknowledged++) await publisher.next('puback');
  }
});
afterAll(async () => {
  await runtime.kill();
  rmSync(folder, { recursive: true });
});

it.each([
  ['#', 0, 0, TOPICS],
  ['scan/+/+', 1, 0, TOPICS],
  ['scan/+/+', 1, 1_000, TOPICS],
  ['+/7/#', 0, 0, TOPICS / 100],
  ['nothing/+', 0, 0, 0],
] as const)(
  'SUBSCRIBE %s over 20,000 retained messages (QoS %d, session %d s) never holds the loop for 10 ms',
  async (filter, qos, seconds, expected) => {
    const longest: number[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      const client = await runtime.open({ properties: { sessionExpiryInterval: seconds } });
      await runtime.longestTurn();
      const done = client.subscribe(filter, { qos });
      let got = 0;
      await done;
      while (got < expected) {
        const message = await client.next('publish');
        if (message.qos > 0) client.acknowledge(message);
        got++;
      }
      await client.nothing('publish');
      longest.push(await runtime.longestTurn());
      client.send({ type: 'disconnect', reasonCode: 0, properties: seconds > 0 ? { sessionExpiryInterval: 0 } : {} });
      await client.closed;
    }
    expect(Math.max(...longest)).toBeLessThan(TURN_MS_MAX);
  },
  60_000,
);
