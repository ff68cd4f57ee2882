import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dayOf, firstOfDays, lastDay, rangeOfDays } from './days';

// The clock is put forward on 29 March 2026.
beforeAll(() => vi.stubEnv('TZ', 'Europe/Berlin'));
afterAll(() => vi.unstubAllEnvs());

describe('a range of days', () => {
  it('begins with the first day and ends with the last one, in the zone of whoever asks', () => {
    const range = rangeOfDays('2026-03-28', '2026-03-29')!;
    expect(dayOf(new Date(range.from))).toBe('2026-03-28');
    expect(new Date(range.from).getHours()).toBe(0);
    expect(dayOf(new Date(range.to))).toBe('2026-03-30');
    expect(new Date(range.to).getHours()).toBe(0);
    expect(dayOf(lastDay(range.to))).toBe('2026-03-29');
  });

  it('of one day is not empty, and what is no day makes none', () => {
    const { from, to } = rangeOfDays('2026-01-01', '2026-01-01')!;
    expect(Date.parse(to)).toBeGreaterThan(Date.parse(from));
    for (const [first, last] of [
      ['', '2026-01-01'],
      ['2026-01-01', ''],
      ['2026', '2026-01-01'],
    ] as const)
      expect(rangeOfDays(first, last)).toBeNull();
  });

  it('that ends today begins so many days ago', () => {
    expect(firstOfDays(1, new Date(2026, 0, 31, 12))).toBe('2026-01-31');
    expect(firstOfDays(30, new Date(2026, 0, 31, 12))).toBe('2026-01-02');
    expect(firstOfDays(2, new Date(2026, 2, 30, 0, 30))).toBe('2026-03-29');
  });
});
