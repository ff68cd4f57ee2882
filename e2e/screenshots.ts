/**
 * Pictures of every page of the console, light and dark, desktop and phone, in `docs/images/`.
 *
 *   CONSOLE_URL=http://localhost:8080 EMAIL=… PASSWORD=… node e2e/screenshots.ts [page …]
 *
 * The person must have at least one deployment; the one with the most clients is shown. Nothing is changed.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';

const base = required('CONSOLE_URL').replace(/\/$/, '');
const folder = process.env['IMAGES'] ?? join(import.meta.dirname, '../docs/images');
const only = process.argv.slice(2);

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;
const CHROMIUM = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Shot {
  name: string;
  path: string;
  /** Something to do before the picture, like opening a menu. */
  act?: (page: Page) => Promise<void>;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

async function ask<T>(context: BrowserContext, query: string): Promise<T> {
  const response = await context.request.post(`${base}/graphql`, {
    data: { query },
    headers: { origin: base, 'apollo-require-preflight': 'true' },
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  if (errors?.length) throw new Error(errors.map(({ message }) => message).join('; '));
  return data;
}

interface Found {
  viewer: { organizations: { id: string; projects: { nodes: { id: string }[] } }[] };
  deployments: {
    nodes: {
      id: string;
      latest: { clients: number | null } | null;
      operations: { nodes: { id: string }[] };
      clients: { nodes: { clientId: string }[] };
    }[];
  };
}

const FIND = `{
  viewer { organizations { id projects(first: 1) { nodes { id } } } }
  deployments(first: 20) { nodes { id latest { clients } operations(first: 1) { nodes { id } } clients(first: 1) { nodes { clientId } } } }
}`;

async function shots(context: BrowserContext): Promise<Shot[]> {
  const found = await ask<Found>(context, FIND);
  const organization = found.viewer.organizations[0];
  const project = organization?.projects.nodes[0];
  const deployment = found.deployments.nodes.toSorted((a, b) => weight(b) - weight(a))[0];
  if (!organization || !project || !deployment) throw new Error('The person needs a project and a deployment.');
  const d = `/d/${deployment.id}`;
  const list: Shot[] = [
    { name: 'deployments', path: `/p/${project.id}/deployments` },
    { name: 'create-deployment', path: `/p/${project.id}/deployments/new` },
    { name: 'welcome', path: '/welcome' },
    { name: 'overview', path: d },
    { name: 'overview-table', path: `${d}?view=table` },
    { name: 'connect', path: `${d}/connect` },
    { name: 'clients', path: `${d}/clients` },
    { name: 'credentials', path: `${d}/credentials` },
    { name: 'create-credential', path: `${d}/credentials?new=1` },
    { name: 'operations', path: `${d}/operations` },
    { name: 'settings', path: `${d}/settings` },
    { name: 'api-keys', path: `/o/${organization.id}/api-keys` },
    { name: 'exports', path: `/o/${organization.id}/exports` },
    { name: 'create-export', path: `/o/${organization.id}/exports?new=1` },
    { name: 'installation', path: '/installation' },
    { name: 'search', path: d, act: (page) => page.keyboard.press('Control+k') },
    { name: 'person-menu', path: `/p/${project.id}/deployments`, act: (page) => page.getByRole('button', { name: 'Your menu' }).click() },
    { name: 'not-found', path: '/no/such/page' },
  ];
  const [client] = deployment.clients.nodes;
  if (client) list.push({ name: 'client', path: `${d}/clients/${encodeURIComponent(client.clientId)}` });
  const [operation] = deployment.operations.nodes;
  if (operation) list.push({ name: 'operation', path: `${d}/operations/${operation.id}` });
  return list;
}

/** Prefers a deployment that has something to show on every page. */
function weight(deployment: Found['deployments']['nodes'][number]): number {
  return (
    (deployment.operations.nodes.length > 0 ? 1_000_000 : 0) +
    (deployment.clients.nodes.length > 0 ? 100_000 : 0) +
    (deployment.latest?.clients ?? 0)
  );
}

async function take(page: Page, shot: Shot, suffix: string): Promise<void> {
  await page.goto(base + shot.path);
  await page.getByRole('main').waitFor();
  await page
    .waitForFunction(() => !document.querySelector('[aria-busy="true"], .mantine-Skeleton-root'), undefined, { timeout: 10_000 })
    .catch(() => undefined);
  await shot.act?.(page);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${shot.name}-${suffix}.png`), animations: 'disabled' });
}

async function logIn(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  const response = await context.request.post(`${base}/auth/log-in`, {
    data: { email: required('EMAIL'), password: required('PASSWORD') },
    headers: { origin: base },
  });
  if (!response.ok()) throw new Error(`Log-in answered ${response.status()}.`);
  return context;
}

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: CHROMIUM });
  const person = await logIn(browser);
  const inside = await shots(person);
  const storageState = await person.storageState();
  const outside: Shot[] = [
    { name: 'log-in', path: '/log-in' },
    { name: 'sign-up', path: '/sign-up' },
  ];
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of SCHEMES) {
      for (const [list, state] of [
        [outside, undefined],
        [inside, storageState],
      ] as const) {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          reducedMotion: 'reduce',
          ...(state ? { storageState: state } : {}),
        });
        const page = await context.newPage();
        page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
        for (const shot of list) if (only.length === 0 || only.includes(shot.name)) await take(page, shot, `${colorScheme}-${size}`);
        await context.close();
      }
    }
    console.log(`${size}: done`);
  }
  await browser.close();
}

await main();
