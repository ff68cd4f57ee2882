import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brokerVersionSchema } from '@rookery/contracts/version';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuntimeBundles } from './runtime-bundles.js';

let folder: string;
const entry = () => join(folder, 'dist', 'runtime.mjs');
/** The agent starts with a build of this content. */
function open(content: string): RuntimeBundles {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(entry(), content);
  writeFileSync(join(folder, 'dist', 'redis-modules.mjs'), 'beside it');
  return new RuntimeBundles(join(folder, 'bundles'), entry());
}
const content = (bundle: { entry: string }) => readFileSync(bundle.entry, 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-bundles-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the runtimes of a machine', () => {
  it('are kept by version, with the modules beside them, whatever a later build puts in their place', () => {
    const old = open('one').newest;
    const bundles = open('two');
    expect(brokerVersionSchema.safeParse(old).success).toBe(true);
    expect(bundles.newest).not.toBe(old);
    expect(content(bundles.take(old))).toBe('one');
    expect(content(bundles.take(null))).toBe('two');
    expect(readdirSync(dirname(bundles.take(old).entry))).toEqual(['redis-modules.mjs', 'runtime.mjs']);
  });

  it('have the same version for the same build', () => {
    expect(open('one').newest).toBe(open('one').newest);
  });

  it('replace one that is gone by the newest, once: later builds do not change it again', () => {
    const lost = '0.1.0+0123456789ab';
    const second = open('two').take(lost);
    expect(content(second)).toBe('two');
    const third = open('three');
    expect(third.take(lost)).toEqual(second);
    third.keepOnly(new Set([lost]));
    expect(content(third.take(lost))).toBe('two');
  });

  it('forget what no deployment needs, and never the newest', () => {
    const old = open('one').newest;
    const bundles = open('two');
    bundles.keepOnly(new Set([old, null]));
    expect(content(bundles.take(old))).toBe('one');
    bundles.keepOnly(new Set([null]));
    expect(readdirSync(join(folder, 'bundles'))).toEqual([bundles.newest]);
    expect(bundles.take(old).version).toBe(bundles.newest);
  });

  it('are whole or not there: what an agent left half copied is made anew', () => {
    const { newest } = open('one');
    rmSync(join(folder, 'bundles', newest), { recursive: true });
    mkdirSync(join(folder, 'bundles', `${newest}.making`));
    expect(content(open('one').take(null))).toBe('one');
    expect(existsSync(join(folder, 'bundles', `${newest}.making`))).toBe(false);
  });
});
