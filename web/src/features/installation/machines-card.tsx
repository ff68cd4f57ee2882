import { Button } from '@mantine/core';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { useState } from 'react';
import { mutate, useApi, useChange } from '../../api/use-api';
import type { CellsQuery as Cells } from '../../gql/graphql';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { formatCount, formatDateTime } from '../../ui/format';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import { AddMachineDialog } from './add-machine-dialog';
import { ListCard } from './list-card';
import { MachineMenu } from './machine-menu';
import { CellsQuery, RemoveMachine, RevokeMachine } from './queries';

type Row = Cells['cells'][number]['machines'][number] & { place: string };
const REFRESH_MS = 5_000;
const rowKey = (row: Row) => row.id;
const BADGES = {
  UP: <StateBadge word="Up" shape="check" tone="ok" />,
  LOST: <StateBadge word="Lost" shape="triangle" tone="warn" />,
  REVOKED: <StateBadge word="Revoked" shape="cross" tone="bad" />,
} as const;

/** The machines of all cells: whether they are there, until when they may come in, and the way for a new one. */
export function MachinesCard() {
  const { data, error, refetch } = useApi(CellsQuery, {}, { refetchInterval: REFRESH_MS });
  const revoke = useChange((id: string) => mutate(RevokeMachine, { input: { id } }, (answer) => answer.revokeMachine), [CellsQuery]);
  const remove = useChange((id: string) => mutate(RemoveMachine, { input: { id } }, (answer) => answer.removeMachine), [CellsQuery]);
  const [revoking, setRevoking] = useState<Row>();
  const [removing, setRemoving] = useState<Row>();
  const [adding, setAdding] = useState(false);
  const rows = data?.cells.flatMap((cell) => cell.machines.map((machine) => ({ ...machine, place: `${cell.regionId} / ${cell.name}` })));
  return (
    <>
      <ListCard
        title="Machines"
        aside={
          <Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
            Add machine
          </Button>
        }
        columns={columns(setRevoking, setRemoving)}
        rows={rows}
        rowKey={rowKey}
        error={error}
        onRetry={refetch}
        none={{ icon: <IconServer2 size={24} />, title: 'No machines yet', words: 'A machine joins a cell with a token that works once.' }}
      />
      {adding && data && <AddMachineDialog cells={data.cells} onClose={() => setAdding(false)} />}
      <ConfirmDialog
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke ${revoking?.name ?? 'machine'}?`}
        confirm="Revoke machine"
        onConfirm={() => revoke.mutateAsync(revoking?.id ?? '')}
      >
        It is refused at once and takes no new deployments. Those that run there go on for their devices, but no change reaches them any
        more. A join token made for it lets it in again.
      </ConfirmDialog>
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Remove ${removing?.name ?? 'machine'}?`}
        confirm="Remove machine"
        typeToConfirm={removing?.name ?? ''}
        onConfirm={() => remove.mutateAsync(removing?.id ?? '')}
      >
        It is forgotten, and its certificates are worth nothing any more. It can only come back as a new machine, with a new join token.
      </ConfirmDialog>
    </>
  );
}

function columns(onRevoke: (row: Row) => void, onRemove: (row: Row) => void): Column<Row>[] {
  return [
    { id: 'name', header: 'Name', fixed: true, cell: (row) => <span title={row.id}>{row.name}</span> },
    { id: 'place', header: 'Region / cell', width: 200, from: 760, cell: (row) => row.place },
    { id: 'state', header: 'State', width: 120, cell: (row) => BADGES[row.state] },
    { id: 'seen', header: 'Last seen', width: 120, from: 900, cell: (row) => <RelativeTime at={row.seenAt} /> },
    {
      id: 'certificate',
      header: 'Certificate until',
      width: 190,
      from: 640,
      cell: (row) =>
        row.certificateExpiresAt ? (
          formatDateTime(row.certificateExpiresAt)
        ) : (
          <span title="It comes in by the private listener, where none is needed.">none needed</span>
        ),
    },
    { id: 'deployments', header: 'Deployments', width: 120, align: 'right', from: 560, cell: (row) => formatCount(row.deployments) },
    {
      id: 'actions',
      header: '',
      width: 64,
      align: 'right',
      cell: (row) => <MachineMenu machine={row} onRevoke={() => onRevoke(row)} onRemove={() => onRemove(row)} />,
    },
  ];
}
