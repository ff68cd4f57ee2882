import { useQueryClient } from '@tanstack/react-query';
import { apiKey, useApi, useLive } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { isBusy } from './phases';
import { DeploymentQuery, DeploymentUpdated } from './queries';

const BUSY_POLL_MS = 1_500;
const CALM_POLL_MS = 15_000;

/** One deployment, live. Many parts of a page ask for it; they share one answer and one subscription of the layout. */
export function useDeployment(id: string) {
  const query = useApi(DeploymentQuery, { id }, { refetchInterval: ({ state }) => pollMs(state.data?.deployment) });
  return { deployment: query.data?.deployment, error: query.error, isPending: query.isPending, refetch: query.refetch };
}

function pollMs(deployment: DeploymentDetailFragment | null | undefined): number {
  return deployment && isBusy(deployment.phase) ? BUSY_POLL_MS : CALM_POLL_MS;
}

/** Keeps `useDeployment` fresh from the socket. Mounted once, by the layout of the deployment's pages. */
export function useDeploymentLive(id: string): void {
  const queries = useQueryClient();
  useLive(DeploymentUpdated, { id }, ({ deploymentUpdated }) =>
    queries.setQueryData(apiKey(DeploymentQuery, { id }), { deployment: deploymentUpdated }),
  );
}
