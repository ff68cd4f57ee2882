import { describe, expect, it } from 'vitest';
import { mergePages, nextCursor, type Page, patchPages } from './pages';

interface Row {
  id: string;
  n: number;
}
const page = (nodes: Row[], endCursor: string | null = null): Page<Row> => ({
  nodes,
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
  totalCount: 3,
});
const key = (row: Row) => row.id;

describe('mergePages', () => {
  it('shows a row once when it moved between two requests, with its newest values, where it was first', () => {
    const merged = mergePages(
      [
        page(
          [
            { id: 'a', n: 1 },
            { id: 'b', n: 1 },
          ],
          'b',
        ),
        page([
          { id: 'a', n: 2 },
          { id: 'c', n: 1 },
        ]),
      ],
      key,
    );
    expect(merged).toEqual([
      { id: 'a', n: 2 },
      { id: 'b', n: 1 },
      { id: 'c', n: 1 },
    ]);
  });
});

describe('patchPages', () => {
  it('replaces the row and leaves other pages untouched', () => {
    const pages = [page([{ id: 'a', n: 1 }], 'a'), page([{ id: 'b', n: 1 }])];
    const patched = patchPages(pages, key, { id: 'b', n: 9 });
    expect(patched[1]?.nodes).toEqual([{ id: 'b', n: 9 }]);
    expect(patched[0]).toBe(pages[0]);
  });
});

describe('nextCursor', () => {
  it('ends when the server says so, whatever the cursor', () => {
    expect(nextCursor(page([], 'x'))).toBe('x');
    expect(nextCursor({ ...page([]), pageInfo: { hasNextPage: false, endCursor: 'x' } })).toBeUndefined();
    expect(nextCursor({ ...page([]), pageInfo: { hasNextPage: true, endCursor: null } })).toBeUndefined();
  });
});
