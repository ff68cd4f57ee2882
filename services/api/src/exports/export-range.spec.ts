import { describe, expect, it } from 'vitest';
import { rangeUpTo } from './export-range.js';

const now = new Date('2026-06-15T12:00:00Z');
const range = (from: string, to: string) => rangeUpTo(now, { from: new Date(from), to: new Date(to) });

describe('the range of an export', () => {
  it.each([
    ['2026-06-15T12:00:00Z', '2026-06-15T12:00:00Z', 'EXPORT_RANGE_EMPTY', 'to'],
    ['2026-06-02T00:00:00Z', '2026-06-01T00:00:00Z', 'EXPORT_RANGE_EMPTY', 'to'],
    ['2026-06-15T12:00:00Z', '2026-06-16T00:00:00Z', 'EXPORT_RANGE_EMPTY', 'from'],
    ['2025-06-01T00:00:00Z', '2026-06-15T00:00:00Z', 'EXPORT_RANGE_TOO_LONG', 'from'],
  ])('from %s to %s is refused: %s at %s', (from, to, code, field) => {
    expect(() => range(from, to)).toThrow(expect.objectContaining({ code, path: ['input', field] }));
  });

  it('ends now where it would end in the future, and may be as long as a leap year', () => {
    expect(range('2026-06-01T00:00:00Z', '2027-06-01T00:00:00Z').to).toEqual(now);
    expect(range('2025-06-14T12:00:00Z', '2026-06-15T12:00:00Z').from).toEqual(new Date('2025-06-14T12:00:00Z'));
    expect(() => range('2025-06-14T11:59:59Z', '2026-06-15T12:00:00Z')).toThrow('366 days');
  });
});
