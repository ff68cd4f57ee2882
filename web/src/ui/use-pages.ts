import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { execute } from '../api/execute';
import { mergePages, nextCursor, type Page } from '../api/pages';
import { apiKey } from '../api/use-api';
import type { TypedDocumentString } from '../gql/graphql';

export type PageVariables<V> = Omit<V, 'first' | 'after'>;

interface Options<R, T, P extends Page<T>> {
  page: (data: R) => P;
  rowKey: (row: T) => string;
  pageSize?: number;
  /** A number of milliseconds, or one that depends on what is loaded. */
  refetchInterval?: number | false | ((rows: readonly T[]) => number);
  enabled?: boolean;
}

export function pagesKey<R, V>(document: TypedDocumentString<R, V>, variables: PageVariables<V>): QueryKey {
  return [...apiKey(document), 'pages', variables];
}

/** A list that comes page by page. What is loaded stays when loading more, or loading again, fails. */
export function usePages<R, V extends { first: number }, T, P extends Page<T>>(
  document: TypedDocumentString<R, V>,
  variables: PageVariables<V>,
  { page, rowKey, pageSize = 100, refetchInterval = false, enabled = true }: Options<R, T, P>,
) {
  const query = useInfiniteQuery({
    queryKey: pagesKey(document, variables),
    queryFn: async ({ pageParam, signal }) =>
      page(await execute(document, { ...variables, first: pageSize, after: pageParam ?? null } as unknown as V, { signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextCursor,
    // While a search is typed the last rows stay; the rows of another deployment never stand in for this one's.
    placeholderData: (previous, query) => (sameList(query?.queryKey, pagesKey(document, variables)) ? previous : undefined),
    refetchInterval: ({ state }) =>
      typeof refetchInterval === 'function' ? refetchInterval(state.data?.pages.flatMap(({ nodes }) => nodes) ?? []) : refetchInterval,
    enabled,
  });
  const pages = query.data?.pages;
  const rows = useMemo(() => mergePages<T>(pages ?? [], rowKey), [pages, rowKey]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  return {
    rows,
    first: pages?.[0],
    totalCount: pages?.at(-1)?.totalCount,
    more,
    hasNextPage,
    isPending: query.isPending,
    error: query.error,
    refetch: query.refetch,
  };
}

function sameList(a: QueryKey | undefined, b: QueryKey): boolean {
  const withoutSearch = (key: QueryKey) => JSON.stringify(key, (name, value: unknown) => (name === 'search' ? undefined : value));
  return a !== undefined && withoutSearch(a) === withoutSearch(b);
}
