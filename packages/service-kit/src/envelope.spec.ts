import { describe, expect, it } from 'vitest';
import { Envelope } from './envelope.js';

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
    expect(() => envelope.open('v2.a.b', place)).toThrow();
  });
});
