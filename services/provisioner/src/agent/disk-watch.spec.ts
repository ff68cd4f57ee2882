import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@rookery/service-kit/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskWatch } from './disk-watch.js';

const MIB = 2 ** 20;
/** What nobody minds beside two copies of a store. */
const SLACK = 64 * MIB;

let home: string;
let full: string[];
let plan: { storeBytesMax: number };
let watch: DiskWatch;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rookery-disk-'));
  mkdirSync(join(home, 'data/segments'), { recursive: true });
  // Each watch looks on by itself, at what was its own.
  const [own, seen, mine] = [{ storeBytesMax: MIB }, [] as string[], home];
  [plan, full] = [own, seen];
  const one = () => ({ id: 'dep_a', ...own, dataFolder: join(mine, 'data'), logFile: join(mine, 'runtime.log') });
  watch = new DiskWatch(
    home,
    () => [one()],
    (id) => seen.push(id),
    createLogger('test', 'silent'),
  );
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (name: string, bytes: number) => writeFileSync(join(home, name), Buffer.alloc(bytes, 1));

describe('what a runtime takes of the disk', () => {
  it('may be its store twice and some segments; more ends it, however deep it lies', async () => {
    await watch.look();
    write('data/store', 2 * plan.storeBytesMax + SLACK - MIB);
    await watch.look();
    expect(full).toEqual([]);
    write('data/segments/one', 2 * MIB);
    await watch.look();
    expect(full).toContain('dep_a');
  });

  it('is what it takes, not what its files seem to be long', async () => {
    await watch.look();
    write('data/hole', 1);
    truncateSync(join(home, 'data/hole'), 2 ** 33);
    await watch.look();
    expect(full).toEqual([]);
  });

  it.each(['after it was looked at', 'when it is seen first'])('may not be files without number either (%s)', async (when) => {
    if (when === 'after it was looked at') await watch.look();
    for (let i = 0; i < 4_200; i++) writeFileSync(join(home, 'data', String(i)), '');
    await watch.look();
    expect(full).toContain('dep_a');
  });

  it('makes nobody a culprit whose bound was lowered, until more is written', async () => {
    plan.storeBytesMax = 100 * MIB;
    await watch.look();
    write('data/store', 190 * MIB);
    await watch.look();
    plan.storeBytesMax = MIB;
    await watch.look();
    expect(full).toEqual([]);
    write('data/more', SLACK + 2 * MIB);
    await watch.look();
    expect(full).toContain('dep_a');
  });

  it('is noticed by itself as soon as the disk gets fuller', async () => {
    await watch.look();
    write('data/store', 2 * plan.storeBytesMax + SLACK + 2 * MIB);
    await expect.poll(() => full, { timeout: 5_000 }).toContain('dep_a');
  });

  it('leaves no room for a log that is flooded', async () => {
    write('runtime.log', 17 * MIB);
    await watch.look();
    expect(statSync(join(home, 'runtime.log')).size).toBe(0);
    expect(full).toEqual([]);
  });
});
