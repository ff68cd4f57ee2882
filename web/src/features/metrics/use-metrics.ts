import { useQueryClient } from '@tanstack/react-query';
import { apiKey, useApi, useLive } from '../../api/use-api';
import type { DeploymentDetailFragment, MetricsQuery as Metrics } from '../../gql/graphql';
import { MetricsQuery, MetricsUpdated } from './queries';
import { appendSample, newestHeard } from './series';

export const RANGE_SECONDS = 900;
const REFRESH_MS = 60_000;

export type MetricSample = NonNullable<Metrics['deployment']>['metrics']['points'][number];

/** The last 15 minutes, loaded once and then added to from the socket. */
export function useMetrics(id: string) {
  const variables = { id, rangeSeconds: RANGE_SECONDS };
  const query = useApi(MetricsQuery, variables, { refetchInterval: REFRESH_MS });
  return { series: query.data?.deployment?.metrics, error: query.error, isPending: query.isPending, refetch: query.refetch };
}

/** The newest sample; keeps the series of `useMetrics` growing wherever the tiles are shown. */
export function useLatest(deployment: DeploymentDetailFragment) {
  const { id } = deployment;
  const queries = useQueryClient();
  const { series } = useMetrics(id);
  useLive(MetricsUpdated, { id }, ({ deploymentMetrics }) =>
    queries.setQueryData<Metrics>(apiKey(MetricsQuery, { id, rangeSeconds: RANGE_SECONDS }), (data) => {
      if (!data?.deployment) return data;
      return {
        ...data,
        deployment: { ...data.deployment, metrics: appendSample(data.deployment.metrics, deploymentMetrics, RANGE_SECONDS) },
      };
    }),
  );
  const newest = series && newestHeard(series, (sample) => sample.clients !== null);
  const known = deployment.latest;
  const knownIsNewer = !newest || (known && known.clients !== null && Date.parse(known.at) > Date.parse(newest.at));
  return knownIsNewer ? known : newest;
}
