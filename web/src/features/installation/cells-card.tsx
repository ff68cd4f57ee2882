import { Button, NumberInput } from '@mantine/core';
import { IconServerCog } from '@tabler/icons-react';
import { useState } from 'react';
import { mutate, useApi, useChange } from '../../api/use-api';
import type { CellsQuery as Cells } from '../../gql/graphql';
import { Dialog } from '../../ui/dialog';
import { formatCount, formatPlural } from '../../ui/format';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import { complain } from '../deployments/start-stop';
import { ListCard } from './list-card';
import { CellsQuery, UpdateCell } from './queries';

type Row = Cells['cells'][number];
const REFRESH_MS = 5_000;
const KINDS = { MACHINE: 'Processes of a machine', DOCKER: 'Containers made by Terraform', AWS: 'Machines made by Terraform' } as const;
const rowKey = (row: Row) => row.id;

/** Where deployments run: how much of the new ones each cell takes, and whether its machines are there. */
export function CellsCard() {
  const { data, error, refetch } = useApi(CellsQuery, {}, { refetchInterval: REFRESH_MS });
  const change = useChange(
    (input: { id: string; full?: boolean; weight?: number }) => mutate(UpdateCell, { input }, (answer) => answer.updateCell),
    [CellsQuery],
  );
  const [weighing, setWeighing] = useState<Row>();
  const close = (row: Row) =>
    change.mutate({ id: row.id, full: !row.full }, { onError: complain(`${row.name} was not ${row.full ? 'opened' : 'closed'}`) });
  return (
    <>
      <ListCard
        title="Cells"
        columns={columns(close, setWeighing)}
        rows={data?.cells}
        rowKey={rowKey}
        error={error}
        onRetry={refetch}
        none={{ icon: <IconServerCog size={24} />, title: 'No cells yet', words: 'A cell appears when the first machine joins.' }}
      />
      {weighing && (
        <WeightDialog
          cell={weighing}
          onClose={() => setWeighing(undefined)}
          onSave={(weight) =>
            change
              .mutateAsync({ id: weighing.id, weight })
              .then(() => setWeighing(undefined), complain(`${weighing.name} keeps its weight`))
          }
        />
      )}
    </>
  );
}

function columns(onClose: (row: Row) => void, onWeigh: (row: Row) => void): Column<Row>[] {
  const total = (row: Row) => row.machines.reduce((sum, machine) => sum + machine.deployments, 0);
  return [
    { id: 'name', header: 'Name', fixed: true, cell: (row) => row.name },
    { id: 'region', header: 'Region', width: 140, from: 640, cell: (row) => row.regionId },
    { id: 'kind', header: 'Deployments are', width: 230, from: 900, cell: (row) => KINDS[row.kind] },
    { id: 'machines', header: 'Machines', width: 150, cell: (row) => <MachinesBadge row={row} /> },
    { id: 'deployments', header: 'Deployments', width: 120, align: 'right', from: 560, cell: (row) => formatCount(total(row)) },
    {
      id: 'weight',
      header: 'Weight',
      width: 96,
      align: 'right',
      from: 760,
      cell: (row) => (
        <Button size="compact-sm" variant="subtle" aria-label={`Weight of ${row.name}: ${row.weight}`} onClick={() => onWeigh(row)}>
          {formatCount(row.weight)}
        </Button>
      ),
    },
    {
      id: 'full',
      header: '',
      width: 110,
      align: 'right',
      cell: (row) => (
        <Button size="compact-sm" variant="default" onClick={() => onClose(row)}>
          {row.full ? 'Open' : 'Close'}
        </Button>
      ),
    },
  ];
}

function MachinesBadge({ row }: { row: Row }) {
  const lost = row.machines.filter((machine) => machine.lost);
  if (row.full) return <StateBadge word="Full" shape="square" tone="idle" />;
  if (row.machines.length === 0) return <StateBadge word="None yet" shape="square" tone="idle" />;
  if (lost.length > 0) return <StateBadge word={`${formatPlural(lost.length, 'machine')} lost`} shape="triangle" tone="warn" />;
  return <StateBadge word={formatPlural(row.machines.length, 'machine')} shape="check" tone="ok" />;
}

function WeightDialog({ cell, onClose, onSave }: { cell: Row; onClose: () => void; onSave: (weight: number) => Promise<void> }) {
  const [weight, setWeight] = useState<number | string>(cell.weight);
  const valid = typeof weight === 'number' && Number.isInteger(weight) && weight >= 1 && weight <= 10_000;
  return (
    <Dialog opened onClose={onClose} title={`Weight of ${cell.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) void onSave(weight);
        }}
      >
        <NumberInput
          label="Weight"
          description={`Its share of new deployments against the other cells of ${cell.regionId}: 200 takes twice as many as 100.`}
          value={weight}
          onChange={setWeight}
          min={1}
          max={10_000}
          data-autofocus
          error={valid ? undefined : 'A whole number from 1 to 10,000'}
        />
        <Button type="submit" mt="md" disabled={!valid}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}
