import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatCompact, formatCount, formatDuration } from './format';

describe('numbers keep their meaning when shortened', () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [1_234_567, '1,234,567'],
  ])('formatCount(%s)', (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [undefined, '–'],
    [0.25, '0.3'],
    [7, '7'],
    [999, '999'],
    [1_240, '1.2k'],
    [123_456, '123k'],
    [10_000_000, '10M'],
  ])('formatCompact(%s)', (value, text) => expect(formatCompact(value)).toBe(text));

  it.each([
    [512, '512 B'],
    [1024, '1 KiB'],
    [16 * 1024 ** 2, '16 MiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
  ])('formatBytes(%s)', (value, text) => expect(formatBytes(value)).toBe(text));
});

describe('times are told in at most two units', () => {
  it.each([
    [0.042, '42 ms'],
    [3.14, '3.1 s'],
    [95, '1 min 35 s'],
    [3_600, '1 h'],
    [90_061, '1 d 1 h'],
  ])('formatDuration(%s)', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, 'just now'],
    [12, '12 s ago'],
    [180, '3 min ago'],
    [7_300, '2 h ago'],
    [5 * 86_400, '5 d ago'],
  ])('formatAgo after %s s', (seconds, text) => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    expect(formatAgo(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
  });
});
