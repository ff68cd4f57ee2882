import { IconCircleCheck } from '@tabler/icons-react';
import { useApi } from '../../api/use-api';
import type { OrphansQuery as Orphans } from '../../gql/graphql';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import { ListCard } from './list-card';
import { OrphansQuery } from './queries';

type Row = Orphans['orphans'][number];
const REFRESH_MS = 30_000;
const rowKey = (row: Row) => row.id;

const COLUMNS: Column<Row>[] = [
  { id: 'id', header: 'Container', width: 140, fixed: true, cell: (row) => row.id.slice(0, 12) },
  { id: 'deployment', header: 'Deployment it names', width: 290, from: 900, cell: (row) => row.deploymentId || 'none' },
  { id: 'reason', header: 'Why it is listed', from: 480, cell: (row) => <span title={row.reason}>{row.reason}</span> },
  { id: 'found', header: 'Found', width: 120, from: 640, cell: (row) => <RelativeTime at={row.foundAt} /> },
  {
    id: 'state',
    header: '',
    width: 120,
    cell: (row) =>
      row.removed ? <StateBadge word="Removed" shape="check" tone="ok" /> : <StateBadge word="Left alone" shape="square" tone="idle" />,
  },
];

/** What stands on the engines and belongs to nobody. Only what is provably of this installation was removed. */
export function OrphansCard() {
  const { data, error, refetch } = useApi(OrphansQuery, {}, { refetchInterval: REFRESH_MS });
  return (
    <ListCard
      title="Containers without a deployment"
      columns={COLUMNS}
      rows={data?.orphans}
      rowKey={rowKey}
      error={error}
      onRetry={refetch}
      none={{ icon: <IconCircleCheck size={24} />, title: 'None', words: 'Every container with our labels belongs to a deployment.' }}
    />
  );
}
