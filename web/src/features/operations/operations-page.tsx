import { getRouteApi } from '@tanstack/react-router';
import { IconHistory } from '@tabler/icons-react';
import type { OperationsQuery as Operations } from '../../gql/graphql';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { formatSecondsBetween, UNKNOWN } from '../../ui/format';
import { TextLink } from '../../ui/links';
import { Section } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import { ListTable } from '../../ui/table/list-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { usePages } from '../../ui/use-pages';
import { OperationsQuery } from './queries';
import { STATES, VERBS } from './words';

type Row = Operations['operations']['nodes'][number];

const route = getRouteApi('/app/d/$deploymentId/operations');
const rowKey = (row: Row) => row.id;

export function OperationsPage() {
  const { deploymentId } = route.useParams();
  const { rows, more, totalCount, isPending, error, refetch } = usePages(
    OperationsQuery,
    { deploymentId },
    { page: (data) => data.operations, rowKey, refetchInterval: 5_000 },
  );
  const columns: Column<Row>[] = [
    {
      id: 'verb',
      header: 'Operation',
      fixed: true,
      csv: (row) => row.verb,
      cell: (row) => <TextLink to={paths.operation(deploymentId, row.id)}>{VERBS[row.verb]}</TextLink>,
    },
    { id: 'state', header: 'State', width: 130, csv: (row) => row.state, cell: (row) => <StateBadge {...STATES[row.state]} /> },
    {
      id: 'took',
      header: 'Took',
      width: 110,
      from: 560,
      csv: (row) => row.finishedAt && (Date.parse(row.finishedAt) - Date.parse(row.createdAt)) / 1000,
      cell: (row) => (row.finishedAt ? formatSecondsBetween(row.createdAt, row.finishedAt) : UNKNOWN),
    },
    { id: 'by', header: 'Asked by', from: 720, csv: (row) => row.requestedBy, cell: (row) => row.requestedBy },
    {
      id: 'error',
      header: 'Error',
      width: 200,
      from: 900,
      csv: (row) => row.errorCode,
      cell: (row) => (row.errorCode ? <span className="mono">{row.errorCode}</span> : ''),
    },
    { id: 'at', header: 'Started', width: 120, csv: (row) => row.createdAt, cell: (row) => <RelativeTime at={row.createdAt} /> },
  ];

  return (
    <>
      <Section title="Operations" lead="Everything that was asked of this deployment, by whom, and how it went." />
      {error && <Fault title="The operations could not be loaded" error={error} onRetry={() => void refetch()} />}
      <Card flush>
        {isPending ? (
          <TableSkeleton />
        ) : rows.length === 0 ? (
          <EmptyState icon={<IconHistory size={24} />} title="No operations yet">
            Creating, starting, stopping and deleting a deployment are operations. Each is kept here with its steps.
          </EmptyState>
        ) : (
          <ListTable
            name="operations"
            label="Operations"
            columns={columns}
            rows={rows}
            rowKey={rowKey}
            onEnd={more}
            totalCount={totalCount ?? rows.length}
          />
        )}
      </Card>
    </>
  );
}
