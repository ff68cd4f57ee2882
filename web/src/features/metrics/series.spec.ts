import { describe, expect, it } from 'vitest';
import { appendSample, newestHeard, sparkPath, toColumns } from './series';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, seconds)).toISOString();
const point = (seconds: number, n: number | null = 1) => ({ at: at(seconds), n });
const series = (...points: ReturnType<typeof point>[]) => ({ stepSeconds: 10, points });

describe('appendSample', () => {
  it('keeps the range and no more', () => {
    const next = appendSample(series(point(0), point(10), point(20)), point(30), 20);
    expect(next.points.map((p) => p.at)).toEqual([at(20), at(30)]);
  });

  it('takes the newer values of a sample that is there already', () => {
    const next = appendSample(series(point(0), point(10, 1)), point(10, 5), 900);
    expect(next.points).toEqual([point(0), point(10, 5)]);
  });

  it('sorts a late sample in', () => {
    const next = appendSample(series(point(0), point(20)), point(10), 900);
    expect(next.points.map((p) => p.at)).toEqual([at(0), at(10), at(20)]);
  });
});

describe('newestHeard', () => {
  const heard = (p: { n: number | null }) => p.n !== null;

  it('looks past the sample whose time has only begun', () => {
    expect(newestHeard(series(point(0), point(10, 7), point(20, null)), heard)).toEqual(point(10, 7));
  });

  it('shows nothing rather than an old number', () => {
    expect(newestHeard(series(point(0, 7), point(30, null), point(60, null)), heard)).toBeUndefined();
    expect(newestHeard(series(), heard)).toBeUndefined();
  });
});

describe('a gap is drawn as a gap', () => {
  it('where samples are missing', () => {
    const [times, line] = toColumns(series(point(0), point(10), point(60)), [(p) => p.n]);
    expect(line).toEqual([1, 1, null, 1]);
    expect(times).toHaveLength(4);
  });

  it('where a sample says that nothing was heard', () => {
    expect(toColumns(series(point(0), point(10, null), point(20)), [(p) => p.n])[1]).toEqual([1, null, 1]);
  });

  it('not where a sample came a little late', () => {
    expect(toColumns(series(point(0), point(10), point(25)), [(p) => p.n])[1]).toEqual([1, 1, 1]);
  });

  it('also in a sparkline', () => {
    expect(sparkPath([0, 10, 20, 30], [1, 1, null, 1], 30, 10).match(/M/g)).toHaveLength(2);
    expect(sparkPath([], [], 30, 10)).toBe('');
  });
});
