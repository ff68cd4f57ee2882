import { useEffect, useState } from 'react';
import { useApi, useLive } from '../../api/use-api';
import type { ClientRowFragment } from '../../gql/graphql';
import { ClientsQuery } from '../clients/queries';
import { MetricsUpdated } from '../metrics/queries';

const LOOK_EVERY_MS = 700;

/** The first client seen with a username, kept after it has left: a script that ends at once was connected all the same. */
export function useArrival(deploymentId: string, username: string) {
  const [seen, setSeen] = useState<ClientRowFragment>();
  const [refused, setRefused] = useState(0);
  const { data } = useApi(ClientsQuery, { deploymentId, search: username, first: 20 }, { refetchInterval: LOOK_EVERY_MS, staleTime: 0 });
  const clients = data?.deployment?.clients;
  const own = clients?.nodes.filter((client) => client.username === username) ?? [];
  const newest = own.find(({ connected }) => connected) ?? own[0];

  useEffect(() => {
    setSeen(undefined);
    setRefused(0);
  }, [deploymentId, username]);
  useEffect(() => {
    if (newest) setSeen(newest);
  }, [newest]);
  useLive(MetricsUpdated, { id: deploymentId }, ({ deploymentMetrics }) => {
    if ((deploymentMetrics.connectsRefused ?? 0) > 0) setRefused((count) => count + 1);
  });

  const client = newest ?? (seen && { ...seen, connected: false });
  return { client, refused, unavailable: clients?.unavailable ?? undefined };
}
