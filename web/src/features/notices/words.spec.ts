import { describe, expect, it } from 'vitest';
import { noticeWords } from './words';

describe('noticeWords', () => {
  it.each([
    ['IDLE_STOP', /stopped/, /connects/],
    ['IDLE_DELETE', /deleted with its data/, /Start it/],
    ['EXPIRY', /expires and is deleted/, /expiry/],
  ] as const)('of %s say what happens and what keeps it from happening', (kind, what, cure) => {
    const words = noticeWords({ kind });
    expect(words.what).toMatch(what);
    expect(words.cure).toMatch(cure);
  });
});
