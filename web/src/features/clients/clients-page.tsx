import { SegmentedControl } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDevices2 } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import type { ClientRowFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { formatCount, formatPlural } from '../../ui/format';
import { ButtonLink } from '../../ui/links';
import { Section } from '../../ui/page';
import { ListTable } from '../../ui/table/list-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { usePages } from '../../ui/use-pages';
import { useDeployment } from '../deployments/use-deployment';
import { clientColumns } from './client-columns';
import { ClientsQuery } from './queries';

const route = getRouteApi('/app/d/$deploymentId/clients');
const rowKey = (row: ClientRowFragment) => row.clientId;
const REFRESH_MS = 2_000;

export function ClientsPage() {
  const { deploymentId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { deployment } = useDeployment(deploymentId);
  const [asked] = useDebouncedValue(search.q ?? '', 200);
  const { rows, first, totalCount, more, isPending, error, refetch } = usePages(
    ClientsQuery,
    { deploymentId, search: asked || null },
    { page: clientsOf, rowKey, refetchInterval: REFRESH_MS },
  );

  const change = (part: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const columns = clientColumns(deploymentId, deployment);
  const shown =
    search.state === 'connected'
      ? rows.filter((row) => row.connected)
      : search.state === 'offline'
        ? rows.filter((row) => !row.connected)
        : rows;
  const unavailable = first?.unavailable;
  const empty = rows.length === 0 && !search.q;

  return (
    <>
      <Section title="Clients" lead="Devices known to this deployment: connected now, or away with a session that is kept for them." />
      {error && <Fault title="The clients could not be loaded" error={error} onRetry={() => void refetch()} />}
      {unavailable && (
        <Fault title="The broker does not answer" tone="warn">
          {unavailable.message} <span className="mono">{unavailable.code}</span>
        </Fault>
      )}
      <Card flush>
        {isPending ? (
          <TableSkeleton rows={8} />
        ) : empty && !error ? (
          <EmptyState
            icon={<IconDevices2 size={24} />}
            title={unavailable ? 'Nothing to show while the broker is away' : 'No client is connected'}
            action={<ButtonLink to={paths.connect(deploymentId)}>Connect a client</ButtonLink>}
          >
            Every device that connects shows up here within two seconds, with its session, its subscriptions and its queue.
          </EmptyState>
        ) : (
          <ListTable
            name="clients"
            label="Clients"
            columns={columns}
            rows={shown}
            rowKey={rowKey}
            search={search}
            onSearch={change}
            searchLabel="Search by client id or username"
            filters={
              <SegmentedControl
                size="sm"
                aria-label="State"
                value={search.state ?? 'all'}
                onChange={(value) => change({ state: value === 'all' ? '' : value })}
                data={[
                  { value: 'all', label: 'All' },
                  { value: 'connected', label: 'Connected' },
                  { value: 'offline', label: 'Away' },
                ]}
              />
            }
            onEnd={more}
            totalCount={totalCount ?? rows.length}
            footer={
              rows.length < (totalCount ?? 0)
                ? `${formatCount(rows.length)} of ${formatCount(totalCount)} loaded; order and state are of those`
                : formatPlural(shown.length, 'client')
            }
          />
        )}
      </Card>
    </>
  );
}

const NONE = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0, unavailable: null };

function clientsOf(data: { deployment: { clients: ClientsPageData } | null }): ClientsPageData {
  return data.deployment?.clients ?? NONE;
}

interface ClientsPageData {
  nodes: ClientRowFragment[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
  unavailable: { code: string; message: string } | null;
}
