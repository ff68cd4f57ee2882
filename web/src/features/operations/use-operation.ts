import { useQueryClient } from '@tanstack/react-query';
import { apiKey, useApi, useLive } from '../../api/use-api';
import type { OperationDetailFragment } from '../../gql/graphql';
import { OperationQuery, OperationUpdated } from './queries';
import { isOpen } from './words';

/** One operation, followed live while it is open; the poll is only for a socket that is away. */
export function useOperation(id: string | undefined) {
  const queries = useQueryClient();
  const query = useApi(
    OperationQuery,
    { id: id ?? '' },
    {
      enabled: id !== undefined,
      refetchInterval: ({ state }) => (state.data?.operation && !isOpen(state.data.operation.state) ? false : 2_000),
    },
  );
  const operation: OperationDetailFragment | null | undefined = query.data?.operation;
  const follow = id !== undefined && (!operation || isOpen(operation.state));
  useLive(OperationUpdated, follow ? { id } : undefined, ({ operationUpdated }) =>
    queries.setQueryData(apiKey(OperationQuery, { id: id ?? '' }), { operation: operationUpdated }),
  );
  return { operation, error: query.error, isPending: query.isPending, refetch: query.refetch };
}
