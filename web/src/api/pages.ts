/** A Relay connection as the console reads it: the nodes and whether there are more. */
export interface Page<T> {
  nodes: readonly T[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
}

/**
 * Joins pages into one list. Between two requests rows move, so the same row can be on two pages: the later copy is
 * the newer one and wins, at the place where the row was first seen, so that nothing jumps.
 */
export function mergePages<T>(pages: readonly Page<T>[], key: (row: T) => string): T[] {
  const rows = new Map<string, T>();
  for (const page of pages) for (const row of page.nodes) rows.set(key(row), row);
  return [...rows.values()];
}

/** Replaces one row wherever it is; pages without it stay the same object, so that React skips them. */
export function patchPages<T, P extends Page<T>>(pages: readonly P[], key: (row: T) => string, patched: T): P[] {
  const id = key(patched);
  return pages.map((page) =>
    page.nodes.some((row) => key(row) === id) ? { ...page, nodes: page.nodes.map((row) => (key(row) === id ? patched : row)) } : page,
  );
}

export function nextCursor<T>(page: Page<T>): string | undefined {
  return page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? undefined) : undefined;
}
