/** Story 9: a person signs up, creates a deployment, and every command block of the connect page runs as it stands. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { Api } from './support/api.ts';
import { CHROMIUM, type LayoutShift, logIn, openBrowser, seriousFaults, watchLayoutShift } from './support/browser.ts';
import { connectTls, isInstalled, until } from './support/clients.ts';

const run = promisify(execFile);
const LAYOUT_SHIFT_MAX = 0.05;
/** Choice of client on the connect page, its block of commands, and what the commands print. */
const BLOCKS = [
  ['mosquitto', 'mosquitto commands', 'Hello from mosquitto'],
  ['MQTT.js (Node)', 'MQTT.js commands', 'hello/rookery Hello from MQTT.js'],
  ['Python paho', 'Python paho commands', 'hello/rookery Hello from paho'],
] as const;
const PAGES = ['', '/connect', '/credentials', '/clients', '/operations', '/settings'];

describe('console', () => {
  const system = inject('system');
  let browser: Browser;
  beforeAll(async () => {
    if (CHROMIUM !== undefined) browser = await openBrowser();
  });
  beforeEach(({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
  });
  afterAll(() => browser?.close());

  async function newPage(): Promise<{ page: Page; shift: () => Promise<LayoutShift>; faults: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    return { page, shift: await watchLayoutShift(page), faults };
  }

  const person = () => ({
    name: 'Ada Lovelace',
    email: `ada-${randomBytes(4).toString('hex')}@example.test`,
    password: randomBytes(12).toString('base64url'),
  });

  async function command(page: Page, client: string, block: string): Promise<string> {
    await page.getByRole('radiogroup', { name: 'Client' }).getByText(client, { exact: true }).click();
    const text = await page.getByLabel(`${block} text`).locator('code').textContent();
    if (text === null) throw new Error(`${block} has no text`);
    return text;
  }

  it('leads from sign-up to a first message with commands that run unchanged', async ({ skip }) => {
    if (!isInstalled('mosquitto_pub')) return skip('mosquitto clients are not installed');
    const { page, shift, faults } = await newPage();
    const { name, email, password } = person();
    await page.goto(`${system.consoleUrl}/sign-up`);
    await page.getByLabel('Name').fill(name);
    await expectStill(shift, 'sign-up');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL(/\/welcome/);
    const createProject = page.getByRole('button', { name: 'Create project' });
    const deploymentName = page.getByLabel('Deployment name');
    await createProject.or(deploymentName).first().waitFor();
    if (await createProject.isVisible()) await createProject.click();
    await deploymentName.fill('weather-station');
    await page.getByRole('button', { name: 'Create deployment' }).click();
    await page.getByRole('button', { name: 'Create credential' }).click();
    await page.getByLabel('mosquitto commands text').waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    // What came before was asked for, by one button after the other. Now nobody does more than choose a client.
    const begun = await shift();
    for (const [client, block, said] of BLOCKS) expect(await runByBash(await command(page, client, block)), client).toBe(said);
    await page
      .getByText(/connected/i)
      .first()
      .waitFor();
    await expectStill(shift, 'while a client connects', begun);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 300_000);

  it('shows a client while it is connected, why another was refused, and which limit was met', async () => {
    const { page } = await newPage();
    await logIn(page, system.consoleUrl, system);
    const { deployed, client, address } = await connectedDevice();
    await page.goto(`${system.consoleUrl}/d/${deployed}/clients`);
    await page.getByText('console-device').first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const ca = readFileSync(system.caFile, 'utf8');
    await expect(connectTls({ ...address, secret: 'not the secret' }, { ca, clientId: 'mistaken-device' })).rejects.toThrow();
    await page.goto(`${system.consoleUrl}/d/${deployed}/clients/mistaken-device`);
    await page.getByText('user name or password is wrong').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    client.publish('level/'.repeat(40), 'too deep');
    await page.goto(`${system.consoleUrl}/d/${deployed}`);
    await page.getByText('met 1 time').waitFor();
    client.end(true);
    await page.context().close();
  });

  it('has no serious accessibility fault and no layout shift on any page, light or dark', async () => {
    const { page, shift } = await newPage();
    await logIn(page, system.consoleUrl, system);
    const { deployed, client } = await connectedDevice();
    const organization = `/o/${system.organizationId}`;
    const others = [`${organization}/api-keys`, `${organization}/exports`, `${organization}/exports?new=1`, '/installation'];
    for (const path of [...PAGES.map((each) => `/d/${deployed}${each}`), ...others]) {
      await page.goto(`${system.consoleUrl}${path}`);
      await page.getByRole('heading').first().waitFor();
      await page.waitForLoadState('networkidle').catch(() => {});
      await expectStill(shift, path);
      for (const scheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
        expect(await seriousFaults(page), `${path} ${scheme}`).toEqual([]);
      }
    }
    client.end(true);
    await page.context().close();
  });

  it('shows an operator the machines, and makes a token for another one that is shown once', async () => {
    const { page, faults } = await newPage();
    await logIn(page, system.consoleUrl, system);
    await page.goto(`${system.consoleUrl}/installation`);
    const machines = page.getByRole('region', { name: 'Machines' });
    await machines.getByText('none needed').waitFor();
    await machines.getByText('Up', { exact: true }).waitFor();
    await machines.getByRole('button', { name: 'Add machine' }).click();
    await page.getByRole('button', { name: 'Make token' }).click();
    await page.getByText(/rookery-machine join --url .* --region local --cell local-1 --token rkj_/).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByText(/rkj_/).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('leads by keyboard alone from sign-up to a first message, by the commands that its copy buttons give', async ({ skip }) => {
    if (!isInstalled('mosquitto_pub')) return skip('mosquitto clients are not installed');
    const { page, faults } = await newPage();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const { name, email, password } = person();
    await page.goto(`${system.consoleUrl}/sign-up`);
    await tabTo(page, 'Name');
    await page.keyboard.type(name);
    await tabTo(page, 'E-mail');
    await page.keyboard.type(email);
    await tabTo(page, 'Password');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/welcome/);
    await page
      .getByRole('button', { name: /Create (project|deployment)/ })
      .first()
      .waitFor();
    if (await page.getByRole('button', { name: 'Create project' }).isVisible()) await tabTo(page, 'Create project', 'Enter');
    await page.getByLabel('Deployment name').waitFor();
    await tabTo(page, 'Create deployment', 'Enter');
    await page.getByRole('button', { name: 'Create credential' }).waitFor();
    await tabTo(page, 'Create credential', 'Enter');
    await page.getByLabel('mosquitto commands text').waitFor();
    for (const [index, [client, block, said]] of BLOCKS.entries()) {
      if (index > 0) await tabTo(page, BLOCKS[index - 1]![0], 'ArrowRight');
      await tabTo(page, `Copy ${block}`, 'Enter');
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(await runByBash(copied), client).toBe(said);
    }
    await page
      .getByText(/connected/i)
      .first()
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  }, 300_000);

  it('changes the plan after it was compared, and dismisses a notice for the whole organization', async () => {
    const { page, faults } = await newPage();
    const api = new Api(system.graphqlUrl, system.apiKey);
    const name = `changed-${randomBytes(3).toString('hex')}`;
    // An end that is near is told with the next resync.
    const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const { id } = await api.deploy(name, { planId: 'LOCAL', expiresAt });
    const known = async () =>
      (await api.query('query ($id: ID!) { deployment(id: $id) { plan { id } notices(first: 1) { totalCount } } }', { id })).deployment;
    await until(async () => (await known()).notices.totalCount > 0, 'the notice of the expiry', 30_000);
    await logIn(page, system.consoleUrl, system);
    await page.goto(`${system.consoleUrl}/d/${id}/settings`);
    await page.getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: 'Serverless' }).click();
    await page.getByRole('table', { name: /side by side/ }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Change plan' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change plan' }).click();
    await page.getByText('The plan is being changed.').waitFor();
    await until(async () => (await known()).plan.id === 'SERVERLESS', 'the plan to be changed', 30_000);

    const close = page.getByRole('button', { name: `Dismiss the notice about ${name}` });
    await close.click();
    await close.waitFor({ state: 'detached' });
    expect((await known()).notices.totalCount).toBe(0);
    await page.goto(`${system.consoleUrl}/d/${id}`);
    await page.getByRole('heading', { name }).waitFor();
    expect(await close.count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('takes the audit log out as a file: what is wrong with the range is said at the field, and the file that comes is whole', async () => {
    const { page, shift, faults } = await newPage();
    const { id } = await new Api(system.graphqlUrl, system.apiKey).deploy(`written-down-${randomBytes(3).toString('hex')}`);
    await logIn(page, system.consoleUrl, system);
    await page.goto(`${system.consoleUrl}/o/${system.organizationId}/exports`);
    await page.getByRole('button', { name: 'Create export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('First day').fill('2020-01-01');
    await dialog.getByRole('button', { name: 'Create export' }).click();
    await dialog.getByText('It must be at most 366 days before the end.').waitFor();
    expect(await dialog.getByLabel('First day').getAttribute('aria-invalid')).toBe('true');
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByLabel('First day').fill(await dialog.getByLabel('Last day').inputValue());
    await dialog.getByRole('button', { name: 'Create export' }).click();
    await dialog.waitFor({ state: 'detached' });

    const row = page.getByRole('table', { name: 'Exports' }).getByRole('row').nth(1);
    const begun = await shift();
    await row.getByText('Ready').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), row.getByRole('link', { name: /^Download Audit log/ }).click()]);
    expect(download.suggestedFilename()).toMatch(/^audit-log-.*\.ndjson\.gz$/);
    const lines = gunzipSync(readFileSync((await download.path())!))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; subject: string });
    expect(lines.filter(({ subject }) => subject === id)).toMatchObject([{ type: 'AUDIT', action: 'createDeployment' }]);
    await expectStill(shift, 'while an export is made', begun);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('says what is wrong with an input, and keeps what was typed', async () => {
    const { page } = await newPage();
    await page.goto(`${system.consoleUrl}/log-in`);
    await page.getByLabel('E-mail').fill(system.email);
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page
      .getByText(/E-mail or password/i)
      .first()
      .waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe(system.email);
    await page.context().close();
  });

  async function connectedDevice() {
    const deployed = await new Api(system.graphqlUrl, system.apiKey).deploy(`console-${randomBytes(3).toString('hex')}`);
    const client = await connectTls(deployed, { ca: readFileSync(system.caFile, 'utf8'), clientId: 'console-device' });
    return { deployed: deployed.id, address: deployed, client };
  }
});

/** Nothing has moved by itself since the page was opened, or since `begun`. */
async function expectStill(shift: () => Promise<LayoutShift>, where: string, begun: LayoutShift = { sum: 0, moved: [] }): Promise<void> {
  const { sum, moved } = await shift();
  expect(sum - begun.sum, [where, ...moved.slice(begun.moved.length)].join('\n')).toBeLessThan(LAYOUT_SHIFT_MAX);
}

/** What the commands print, without the last line feed; rejects when one of them fails. */
async function runByBash(script: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', script], { timeout: 110_000 });
  return stdout.trim();
}

/** Presses Tab until the focused element has this accessible name; then `key`, if one is given. */
async function tabTo(page: Page, name: string, key?: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent;
      return (element?.getAttribute('aria-label') ?? label ?? '').trim();
    });
    if (focused.replace(/\s*\*$/, '') === name) {
      if (key !== undefined) await page.keyboard.press(key);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached by Tab`);
}
