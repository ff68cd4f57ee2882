import {
  type QueryKey,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { TypedDocumentString } from '../gql/graphql';
import { ApiError } from './api-error';
import { execute } from './execute';
import { subscribe } from './live';

/** The name of the operation in a document: `query Deployments(…)` → `Deployments`. */
function nameOf(document: { toString(): string }): string {
  return /(?:query|mutation|subscription)\s+(\w+)/.exec(document.toString())?.[1] ?? 'anonymous';
}

export function apiKey<R, V>(document: TypedDocumentString<R, V>, variables?: V): QueryKey {
  return variables === undefined ? [nameOf(document)] : [nameOf(document), variables];
}

type QueryOptions<R> = Omit<UseQueryOptions<R, Error, R>, 'queryKey' | 'queryFn'>;

export function useApi<R, V>(document: TypedDocumentString<R, V>, variables: V, options: QueryOptions<R> = {}): UseQueryResult<R> {
  return useQuery<R, Error, R>({
    queryKey: apiKey(document, variables),
    queryFn: ({ signal }) => execute(document, variables, { signal }),
    ...options,
  });
}

interface UserErrors {
  userErrors: readonly { code: string; message: string; path: readonly string[] }[];
}

/** Runs a mutation and throws its first user error, so that a form has one place to look for what went wrong. */
export async function mutate<R, V, P extends UserErrors>(
  document: TypedDocumentString<R, V>,
  variables: V,
  payload: (data: R) => P,
): Promise<P> {
  const result = payload(await execute(document, variables));
  const first = result.userErrors[0];
  if (first) throw new ApiError(first.code, first.message, first.path);
  return result;
}

/** A mutation with the queries that it makes out of date. */
export function useChange<I, P>(
  change: (input: I) => Promise<P>,
  invalidates: readonly { toString(): string }[] = [],
): UseMutationResult<P, Error, I> {
  const queries = useQueryClient();
  return useMutation<P, Error, I>({
    mutationFn: change,
    // Also after a refusal: it often means that somebody else was first, and the page shows an older state.
    onSettled: () => Promise.all(invalidates.map((document) => queries.invalidateQueries({ queryKey: [nameOf(document)] }))),
  });
}

/** Keeps a subscription open while the component is shown. `variables` may be new objects; they are compared by value. */
export function useLive<R, V extends Record<string, unknown>>(
  document: TypedDocumentString<R, V>,
  variables: V | undefined,
  next: (data: R) => void,
): void {
  const latest = useRef(next);
  latest.current = next;
  const key = variables && JSON.stringify(variables);
  useEffect(() => {
    if (key === undefined) return undefined;
    return subscribe(document, JSON.parse(key) as V, (data) => latest.current(data));
  }, [document, key]);
}
