/** Story 15: a newer build is started, and each deployment goes over to it when it is asked to, with all that it acknowledged. */
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot } from '../scripts/lib/paths.ts';
import { Api, type Deployed } from './support/api.ts';
import { CHROMIUM, logIn, openBrowser, seriousFaults } from './support/browser.ts';
import { connectTls, nextMessage, until } from './support/clients.ts';
import { type RunningSystem, startSystem } from './support/system.ts';

/** Generous: two cores that others use too. What it took is printed. */
const AWAY_MS_MAX = 10_000;
const MESSAGES = 200;
const STORED = { clean: false, properties: { sessionExpiryInterval: 3_600 } };

describe('upgrade', () => {
  const builds = mkdtempSync(join(tmpdir(), 'rk-builds-'));
  let system: RunningSystem;
  let clicked: Deployed;

  /** A build of its own: the same broker, and so another version of it. */
  function build(name: string): string {
    cpSync(inRoot('services/broker-runtime/dist'), join(builds, name), { recursive: true });
    appendFileSync(join(builds, name, 'runtime.mjs'), `\n// ${name}\n`);
    return join(builds, name, 'runtime.mjs');
  }
  const api = () => new Api(system.ready.graphqlUrl, system.login.apiKey);
  const restart = async (entry: string) => {
    await system.stop();
    system = await system.restart({ ROOKERY_RUNTIME_ENTRY: entry });
  };
  const versions = async (id: string) => {
    const fields = 'phase brokerVersion availableBrokerVersion autoUpgrade viewerCan { upgrade { allowed reason } }';
    return (await api().query(`query ($id: ID!) { deployment(id: $id) { ${fields} } }`, { id })).deployment;
  };
  const running = (id: string) => until(async () => (await versions(id)).phase === 'RUNNING', 'it to run', 30_000);
  const upgrade = async (id: string) => {
    const { operation } = await api().mutate('upgradeDeployment', 'operation { id verb }', { id });
    expect(operation.verb).toBe('UPGRADE');
    expect(await api().operation(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
  };
  const subscriber = (deployed: Deployed) => connectTls(deployed, { ca: system.ca, clientId: 'stored', ...STORED });

  beforeAll(async () => {
    system = await startSystem({ ROOKERY_RUNTIME_ENTRY: build('first') });
  });
  afterAll(async () => {
    await system.stop();
    system.remove();
    rmSync(builds, { recursive: true, force: true });
  });

  it('is asked for: a deployment stays on its version through a newer start, and goes over with everything it acknowledged', async () => {
    const deployed = await api().deploy('pinned', { autoUpgrade: false });
    clicked = await api().deploy('clicked', { autoUpgrade: false });
    const before = await versions(deployed.id);
    expect(before).toMatchObject({
      brokerVersion: before.availableBrokerVersion,
      autoUpgrade: false,
      viewerCan: { upgrade: { allowed: false } },
    });
    const stored = await subscriber(deployed);
    await stored.subscribeAsync('jobs', { qos: 1 });
    await stored.endAsync();

    await restart(build('second'));
    await running(deployed.id);
    const pinned = await versions(deployed.id);
    expect(pinned.brokerVersion).toBe(before.brokerVersion);
    expect(pinned.availableBrokerVersion).not.toBe(before.brokerVersion);
    expect(pinned.viewerCan.upgrade.allowed).toBe(true);

    const publisher = await connectTls(deployed, { ca: system.ca, clientId: 'publisher', reconnectPeriod: 20 });
    for (let index = 0; index < MESSAGES; index++) await publisher.publishAsync('jobs', `job ${index}`, { qos: 1 });
    const away = timeAway(publisher);
    await upgrade(deployed.id);
    const ms = await away;
    console.log(`away for ${Math.round(ms)} ms`);
    expect(ms).toBeLessThan(AWAY_MS_MAX);
    expect((await versions(deployed.id)).brokerVersion).toBe(pinned.availableBrokerVersion);
    await publisher.publishAsync('jobs', 'after', { qos: 1 });
    await publisher.endAsync();

    const back = await subscriber(deployed);
    for (let index = 0; index < MESSAGES; index++) expect((await nextMessage(back)).payload).toBe(`job ${index}`);
    expect((await nextMessage(back)).payload).toBe('after');
    await back.endAsync();
  });

  it('is asked for in the console', async ({ skip }) => {
    if (CHROMIUM === undefined) return skip('Chromium is not installed');
    const { id } = clicked;
    const { brokerVersion, availableBrokerVersion } = await versions(id);
    expect(availableBrokerVersion).not.toBe(brokerVersion);
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext()).newPage();
      await logIn(page, system.ready.consoleUrl, system.login);
      await page.goto(`${system.ready.consoleUrl}/d/${id}/settings`);
      await page.getByRole('button', { name: 'Upgrade', exact: true }).click();
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Upgrade deployment' }).click();
      await page.getByText('The upgrade has begun.').waitFor();
      await until(async () => (await versions(id)).brokerVersion === availableBrokerVersion, 'the newest version', 30_000);
      await page.getByText('the same', { exact: true }).waitFor();
    } finally {
      await browser.close();
    }
    await (await connectTls(clicked, { ca: system.ca })).endAsync();
  });

  it('comes by itself where it is asked to, and says so; a version that is gone gives way too', async () => {
    const [auto, lost] = [await api().deploy('auto', { autoUpgrade: true }), await api().deploy('lost', { autoUpgrade: false })];
    const before = await versions(auto.id);
    const bundles = join(system.home, 'machine', 'bundles');
    await system.stop();
    rmSync(join(bundles, before.brokerVersion), { recursive: true });
    system = await system.restart({ ROOKERY_RUNTIME_ENTRY: build('third') });
    for (const { id } of [auto, lost]) {
      await until(
        async () => {
          const { brokerVersion, availableBrokerVersion } = await versions(id);
          return brokerVersion === availableBrokerVersion && brokerVersion !== before.brokerVersion;
        },
        'the newest version',
        30_000,
      );
      const told = async () => {
        const query = 'query ($id: ID!) { operations(deploymentId: $id, first: 1) { nodes { verb state requestedBy } } }';
        return (await api().query(query, { id })).operations.nodes[0];
      };
      await until(async () => (await told()).verb === 'UPGRADE', 'the upgrade to be told', 30_000);
      expect(await told()).toMatchObject({
        state: 'SUCCEEDED',
        requestedBy: id === auto.id ? 'automatic upgrade' : expect.stringContaining('no longer'),
      });
      const client = await connectTls(id === auto.id ? auto : lost, { ca: system.ca });
      await client.endAsync();
    }
    expect(readdirSync(bundles).length).toBeGreaterThan(0);
  });
});

/** From the moment that the client loses its connection until it has one again. */
function timeAway(client: MqttClient): Promise<number> {
  return new Promise((resolve) => {
    client.once('close', () => {
      const gone = performance.now();
      client.once('connect', () => resolve(performance.now() - gone));
    });
  });
}
