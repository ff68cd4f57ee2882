import { IconMoodCheck } from '@tabler/icons-react';
import type { ClientQuery } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { UNKNOWN } from '../../ui/format';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { DataTable } from '../../ui/table/data-table';
import { reasonCodeText } from './words';

type Fault = NonNullable<ClientQuery['deployment']>['clientFaults'][number];

const columns: Column<Fault>[] = [
  { id: 'at', header: 'When', width: 130, cell: (row) => <RelativeTime at={row.at} /> },
  { id: 'message', header: 'What happened', fixed: true, cell: (row) => row.message },
  {
    id: 'reason',
    header: 'Reason code',
    width: 120,
    from: 560,
    cell: (row) => <span className="mono">{reasonCodeText(row.reasonCode)}</span>,
  },
  { id: 'address', header: 'Address', width: 140, from: 760, cell: (row) => row.remoteAddress ?? UNKNOWN },
];

/** Why this client was refused or sent away, newest first. The broker keeps the last ten, until it restarts. */
export function FaultsCard({ faults }: { faults: readonly Fault[] }) {
  return (
    <Card title="Last faults" flush>
      {faults.length === 0 ? (
        <EmptyState icon={<IconMoodCheck size={24} />} title="No faults">
          Nothing was refused since the broker started.
        </EmptyState>
      ) : (
        <DataTable label="Last faults" columns={columns} rows={faults} rowKey={(row) => `${row.at} ${row.message}`} />
      )}
    </Card>
  );
}
