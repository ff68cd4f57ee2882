/** A real browser for stories about the console. */
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS });
}

/** As a person does it, from the log-in page. */
export async function logIn(page: Page, consoleUrl: string, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto(`${consoleUrl}/log-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/log-in'));
}

/** What axe finds that keeps people out. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

export interface LayoutShift {
  sum: number;
  /** What moved, and by how much of the page; for whoever has to mend it. */
  moved: string[];
}

/** Starts to sum up what moves without being asked to (Cumulative Layout Shift); call before the first navigation. */
export async function watchLayoutShift(page: Page): Promise<() => Promise<LayoutShift>> {
  await page.addInitScript(() => {
    type Source = { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly };
    const shift: LayoutShift = { sum: 0, moved: [] };
    (window as unknown as { layoutShift: LayoutShift }).layoutShift = shift;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as unknown as {
        value: number;
        hadRecentInput: boolean;
        sources: Source[];
      }[]) {
        if (hadRecentInput) continue;
        shift.sum += value;
        for (const { node, previousRect, currentRect } of sources)
          shift.moved.push(`${value.toFixed(3)} ${node?.textContent?.slice(0, 40)}: ${previousRect.y} -> ${currentRect.y}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { layoutShift: LayoutShift }).layoutShift);
}
