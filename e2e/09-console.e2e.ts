/** Story 9: a person signs up, creates a deployment, and every command block of the connect page runs as it stands. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { Api } from './support/api.ts';
import { CHROMIUM, openBrowser, seriousFaults, watchLayoutShift } from './support/browser.ts';
import { connectTls, isInstalled } from './support/clients.ts';

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

  async function newPage(): Promise<{ page: Page; shift: () => Promise<number>; faults: string[] }> {
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

    for (const [client, block, said] of BLOCKS) expect(await runByBash(await command(page, client, block)), client).toBe(said);
    await page
      .getByText(/connected/i)
      .first()
      .waitFor();
    expect(await shift()).toBeLessThan(LAYOUT_SHIFT_MAX);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 300_000);

  it('shows a client while it is connected, why another was refused, and which limit was met', async () => {
    const { page } = await newPage();
    await logIn(page);
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
    await logIn(page);
    const { deployed, client } = await connectedDevice();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of [...PAGES.map((each) => `/d/${deployed}${each}`), '/installation']) {
        await page.goto(`${system.consoleUrl}${path}`);
        await page.getByRole('heading').first().waitFor();
        await page.waitForLoadState('networkidle').catch(() => {});
        expect(await seriousFaults(page), `${path} ${scheme}`).toEqual([]);
        expect(await shift(), `${path} ${scheme}`).toBeLessThan(LAYOUT_SHIFT_MAX);
      }
    }
    client.end(true);
    await page.context().close();
  });

  it('shows an operator the machines, and makes a token for another one that is shown once', async () => {
    const { page, faults } = await newPage();
    await logIn(page);
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

  async function logIn(page: Page): Promise<void> {
    await page.goto(`${system.consoleUrl}/log-in`);
    await page.getByLabel('E-mail').fill(system.email);
    await page.getByLabel('Password', { exact: true }).fill(system.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/log-in'));
  }

  async function connectedDevice() {
    const deployed = await new Api(system.graphqlUrl, system.apiKey).deploy(`console-${randomBytes(3).toString('hex')}`);
    const client = await connectTls(deployed, { ca: readFileSync(system.caFile, 'utf8'), clientId: 'console-device' });
    return { deployed: deployed.id, address: deployed, client };
  }
});

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
