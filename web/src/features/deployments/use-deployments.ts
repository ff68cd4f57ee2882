import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Page, patchPages } from '../../api/pages';
import { useLive } from '../../api/use-api';
import type { DeploymentRowFragment } from '../../gql/graphql';
import { pagesKey, usePages } from '../../ui/use-pages';
import { isBusy } from './phases';
import { DeploymentsQuery, DeploymentsUpdated } from './queries';

export const deploymentKey = (row: DeploymentRowFragment): string => row.id;

const REFRESH_MS = 30_000;
const BUSY_REFRESH_MS = 3_000;

/** A deployment that is being deleted leaves the list without a word on the socket, so the list looks again soon. */
function refreshMs(rows: readonly DeploymentRowFragment[]): number {
  return rows.some(({ phase }) => isBusy(phase)) ? BUSY_REFRESH_MS : REFRESH_MS;
}

/** Every deployment of a project: the first page shows at once, the rest follows by itself, changes come by the socket. */
export function useDeployments(projectId: string) {
  const queries = useQueryClient();
  const list = usePages(
    DeploymentsQuery,
    { projectId },
    { page: (data) => data.deployments, rowKey: deploymentKey, refetchInterval: refreshMs },
  );
  const { more, rows } = list;
  // The number of rows changes with every page that arrives, and asks for the next one.
  useEffect(more, [more, rows.length]);

  useLive(DeploymentsUpdated, { projectId }, ({ deploymentsUpdated }) => {
    const known = rows.some(({ id }) => id === deploymentsUpdated.id);
    if (!known) return void list.refetch();
    return queries.setQueryData<InfiniteData<Page<DeploymentRowFragment>>>(
      pagesKey(DeploymentsQuery, { projectId }),
      (data) => data && { ...data, pages: patchPages(data.pages, deploymentKey, deploymentsUpdated) },
    );
  });
  return list;
}
