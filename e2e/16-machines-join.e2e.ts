/**
 * Story 16: a machine elsewhere joins by a one-use token over TLS, serves devices, renews its certificate under way, goes on
 * when that has run out, and comes back by a token made for it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot, NODE } from '../scripts/lib/paths.ts';
import { runStep } from '../scripts/lib/run-step.ts';
import { Api, type Deployed } from './support/api.ts';
import { CHROMIUM, logIn, openBrowser, seriousFaults } from './support/browser.ts';
import { connectTls, until } from './support/clients.ts';
import { FarMachine } from './support/far-machine.ts';
import { freePorts, type RunningSystem, startSystem } from './support/system.ts';

const LIFE_SECONDS = 10;

describe('machines join', () => {
  let system: RunningSystem;
  let api: Api;
  let machine: FarMachine;
  let machineId: string;
  let deployed: Deployed;

  beforeAll(async () => {
    const port = await freePorts(100);
    const listen = `127.0.0.1:${port}`;
    system = await startSystem({ API_MACHINES_LISTEN: listen, API_MACHINE_CERTIFICATE_SECONDS: String(LIFE_SECONDS) });
    api = new Api(system.ready.graphqlUrl, system.login.apiKey);
    await api.mutate('createCell', 'cell { id }', { regionId: 'far', name: 'far-1', kind: 'MACHINE' });
    machine = new FarMachine({
      API_MACHINES_URL: `https://${listen}`,
      ROOKERY_REGION: 'far',
      ROOKERY_CELL: 'far-1',
      ROOKERY_MQTT_PORTS: `${port + 1}-${port + 99}`,
    });
  });
  afterAll(async () => {
    await machine.remove();
    await system.stop();
    system.remove();
  });

  const operator = async (...words: string[]) => {
    const result = await runStep(NODE, [inRoot('scripts/operator.ts'), 'machine', ...words], { env: { ROOKERY_HOME: system.home } });
    if (!result.ok) throw new Error(result.output);
    return result.output;
  };
  const tokenFor = async (...words: string[]) =>
    /rkj_\S+/.exec(await operator('token', '--region', 'far', '--cell', 'far-1', ...words))![0];
  const device = () => connectTls(deployed, { ca: machine.ca });
  const ready = () => until(async () => (await machine.notReady()) === '', 'the machine to be ready', 20_000);
  const stateOf = async () => {
    const { cells } = await api.query('{ cells { name machines { id state certificateExpiresAt } } }');
    return cells.find((cell: { name: string }) => cell.name === 'far-1').machines;
  };

  it('says what it waits for while it has no token, and sends a token to no server but its own installation', async () => {
    machine.startEdge();
    machine.startAgent();
    await until(() => machine.lines('has not joined yet').length > 0, 'the words');
    expect(machine.log).toContain(`npm run operator -- machine token --region far --cell far-1) and put it into ${machine.tokenFile}`);
    const foreign = `${(await tokenFor()).split('.')[0]}.${'x'.repeat(43)}`;
    machine.giveToken(foreign);
    await until(() => machine.lines('The token was not sent').length > 0, 'the words');
    expect(await stateOf()).toEqual([]);
  });

  it('joins with a token, which is spent and gone from its disk', async () => {
    const token = await tokenFor();
    machine.giveToken(token);
    await ready();
    machineId = machine.machineId;
    expect(await stateOf()).toMatchObject([{ id: machineId, state: 'UP', certificateExpiresAt: expect.any(String) }]);
    expect(readdirSync(machine.home)).not.toContain('join-token');
    expect(readdirSync(machine.file())).not.toContain('enrolment.key');
    expect(statSync(machine.file('identity.json')).mode & 0o777).toBe(0o600);
    const secret = token.split('.')[0]!;
    for (const name of readdirSync(machine.file(), { recursive: true, withFileTypes: true }).filter((each) => each.isFile()))
      expect(readFileSync(join(name.parentPath, name.name), 'utf8'), name.name).not.toContain(secret);
    expect(machine.log).not.toContain(secret);
    expect(await operator('list')).toContain(machineId);
  });

  it('serves a device of a deployment of its region', async () => {
    deployed = await api.deploy('far away', { region: 'far' });
    await (await device()).endAsync();
  });

  it('renews its certificate while a device stays connected and the stream goes on', async () => {
    const before = readFileSync(machine.file('identity.json'), 'utf8');
    const client = await device();
    let cut = false;
    client.once('close', () => (cut = true));
    const renewals = () => machine.lines('certificate was renewed').length;
    const known = renewals();
    await until(() => renewals() > known + 1, 'two renewals', 3 * LIFE_SECONDS * 1_000);
    expect(readFileSync(machine.file('identity.json'), 'utf8')).not.toBe(before);
    expect(machine.lines('the machine stream broke')).toEqual([]);
    const { secret } = await api.mutate('createCredential', 'secret', { deploymentId: deployed.id, username: 'second' });
    await api.untilApplied(deployed.id);
    await (await connectTls({ ...deployed, username: 'second', secret }, { ca: machine.ca })).endAsync();
    expect(cut).toBe(false);
    await client.endAsync();
  });

  it('goes on for its devices when the certificate has run out, says what to do, and comes back as the same machine', async () => {
    const client = await device();
    await machine.stopAgent();
    await until(
      async () => Date.parse((await stateOf())[0].certificateExpiresAt) < Date.now(),
      'the end of it',
      (LIFE_SECONDS + 5) * 1_000,
    );
    machine.startAgent();
    const words = `npm run operator -- machine token --region far --cell far-1 --machine ${machineId}`;
    await until(() => machine.lines('ran out at').some((line) => line.includes(words)), 'the words');
    expect(await machine.notReady()).toContain('ran out at');
    await (await device()).endAsync();
    machine.giveToken(await tokenFor());
    await until(() => machine.lines('the token is for a new one').length > 0, 'a token for new machines to be refused');
    machine.giveToken(await tokenFor('--machine', machineId));
    await ready();
    expect(machine.machineId).toBe(machineId);
    expect(await stateOf()).toMatchObject([{ id: machineId, state: 'UP' }]);
    expect(client.connected).toBe(true);
    await client.endAsync();
  });

  it('is shut out at once when it is revoked; its devices stay, and a token made for it lets it in again', async () => {
    const client = await device();
    await operator('revoke', machineId);
    await until(() => machine.lines('The api refuses this machine').length > 0, 'the words');
    expect(await stateOf()).toMatchObject([{ state: 'REVOKED' }]);
    expect(client.connected).toBe(true);
    await (await device()).endAsync();
    const { regions } = await api.query('{ regions { id available } }');
    expect(regions).toContainEqual({ id: 'far', available: false });
    machine.giveToken(await tokenFor('--machine', machineId));
    await ready();
    expect(client.connected).toBe(true);
    await client.endAsync();
  });

  it('is removed in the console once nothing is placed on it, and is refused from then on', async ({ skip }) => {
    if (CHROMIUM === undefined) return skip('Chromium is not installed');
    const refusals = machine.lines('The api refuses this machine').length;
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext()).newPage();
      await logIn(page, system.ready.consoleUrl, system.login);
      await page.goto(`${system.ready.consoleUrl}/installation`);
      const remove = page.getByRole('menuitem', { name: 'Remove machine' });
      await page.getByRole('button', { name: 'Actions of far' }).click();
      await remove.getByText('1 deployment on it').waitFor();
      expect(await remove.isDisabled()).toBe(true);
      expect(await seriousFaults(page)).toEqual([]);
      const { operation } = await api.mutate('deleteDeployment', 'operation { id }', { id: deployed.id });
      expect(await api.operation(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
      await remove.click();
      await page.getByLabel('Type far to confirm').fill('far');
      await page.getByRole('dialog').getByRole('button', { name: 'Remove machine' }).click();
      await until(async () => (await stateOf()).length === 0, 'the machine to be gone');
      await page.getByRole('button', { name: 'Actions of far' }).waitFor({ state: 'detached' });
    } finally {
      await browser.close();
    }
    await until(() => machine.lines('The api refuses this machine').length > refusals, 'the words');
  });
});
