import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { mutate, useApi, useChange } from '../../api/use-api';
import type { TroubledQuery as Troubled } from '../../gql/graphql';
import { formatPlural } from '../../ui/format';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { complain } from '../deployments/start-stop';
import { ListCard } from './list-card';
import { RepairDeployment, TroubledQuery } from './queries';

type Row = Troubled['troubledDeployments'][number];
const REFRESH_MS = 5_000;
const rowKey = (row: Row) => row.deploymentId;

/** What failed, what is tried again and again, what takes too long; each can be driven again. */
export function TroubleCard() {
  const { data, error, refetch } = useApi(TroubledQuery, {}, { refetchInterval: REFRESH_MS });
  const repair = useChange(
    (row: Row) => mutate(RepairDeployment, { input: { id: row.deploymentId } }, (answer) => answer.repairDeployment),
    [TroubledQuery],
  );
  const drive = (row: Row) => repair.mutate(row, { onError: complain(`${row.deploymentName} was not driven again`) });
  return (
    <ListCard
      title="Deployments in trouble"
      columns={columns(drive)}
      rows={data?.troubledDeployments}
      rowKey={rowKey}
      error={error}
      onRetry={refetch}
      none={{ icon: <IconCircleCheck size={24} />, title: 'All is well', words: 'Nothing failed, nothing hangs, of any organization.' }}
    />
  );
}

function columns(onRepair: (row: Row) => void): Column<Row>[] {
  return [
    { id: 'name', header: 'Deployment', width: 200, fixed: true, cell: (row) => row.deploymentName },
    { id: 'organization', header: 'Organization', width: 180, from: 760, cell: (row) => row.organizationName },
    { id: 'what', header: 'What is wrong', from: 480, cell: (row) => <span title={wrong(row)}>{wrong(row)}</span> },
    { id: 'since', header: 'Since', width: 120, from: 640, cell: (row) => <RelativeTime at={row.since} /> },
    {
      id: 'repair',
      header: '',
      width: 120,
      align: 'right',
      cell: (row) => (
        <Button size="compact-sm" variant="default" onClick={() => onRepair(row)} aria-label={`Drive ${row.deploymentName} again`}>
          Drive again
        </Button>
      ),
    },
  ];
}

function wrong({ phase, reason, attempts, lastError, verb }: Row): string {
  if (attempts > 0) return `${formatPlural(attempts, 'attempt')} failed: ${lastError ?? 'no reason was noted'}`;
  if (phase === 'FAILED') return reason ?? 'It failed.';
  return `${verb ?? 'Its operation'} takes longer than a minute`;
}
