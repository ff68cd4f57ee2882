import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Envelope } from './envelope.js';
import { KeyRing, parseKeys } from './key-ring.js';

const envelope = new Envelope(Buffer.alloc(32, 1));
const place = { organizationId: 'org_a', table: 'deployments', row: 'dep_a', field: 'sealed_pepper' };
const secret = Buffer.from('a secret');

describe('a sealed secret', () => {
  it('opens where it was made, and looks different each time', () => {
    const sealed = envelope.seal(secret, place);
    expect(envelope.open(sealed, place)).toEqual(secret);
    expect(envelope.seal(secret, place)).not.toBe(sealed);
    expect(sealed).not.toContain(secret.toString('base64url'));
  });

  it.each(['organizationId', 'table', 'row', 'field'] as const)('does not open under another %s', (part) => {
    expect(() => envelope.open(envelope.seal(secret, place), { ...place, [part]: 'other' })).toThrow();
  });

  it('does not open with another key, changed, or cut', () => {
    const sealed = envelope.seal(secret, place);
    expect(() => new Envelope(Buffer.alloc(32, 2)).open(sealed, place)).toThrow();
    expect(() => envelope.open(`${sealed.slice(0, -4)}AAAA`, place)).toThrow();
    expect(() => envelope.open(sealed.slice(0, -8), place)).toThrow();
    expect(() => envelope.open('v3.a.b', place)).toThrow('unknown form');
    expect(() => envelope.open(sealed.replace(/^v2\.\w+/, 'v2.000000000000'), place)).toThrow('not among');
  });
});

describe('keys', () => {
  const [old, next] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('of older seals open, the newest seals', () => {
    const both = new Envelope(KeyRing.of([next, old]));
    expect(both.open(envelope.seal(secret, place), place)).toEqual(secret);
    expect(envelope.seal(secret, place).startsWith(both.newestPrefix)).toBe(false);
    expect(both.seal(secret, place).startsWith(both.newestPrefix)).toBe(true);
    expect(() => envelope.open(both.seal(secret, place), place)).toThrow('not among');
  });

  it('that come into the file reach a process that runs, at once where a secret needs them', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'rk-keys-')), 'kek');
    writeFileSync(file, old.toString('base64'));
    const running = new Envelope(KeyRing.fromFile(file));
    expect(running.open(running.seal(secret, place), place)).toEqual(secret);
    writeFileSync(file, `${next.toString('base64')}\n${old.toString('base64')}\n`);
    utimesSync(file, 1, 1);
    const sealed = new Envelope(KeyRing.fromFile(file)).seal(secret, place);
    expect(running.open(sealed, place)).toEqual(secret);
    expect(running.seal(secret, place).startsWith(sealed.slice(0, 16))).toBe(true);
  });

  it('are 32 bytes in base64, and at least one', () => {
    expect(parseKeys(` ${old.toString('base64')}\n`)).toEqual([old]);
    for (const text of ['', 'AAAA', `${old.toString('base64')} x`]) expect(() => parseKeys(text)).toThrow('32 bytes');
  });
});
