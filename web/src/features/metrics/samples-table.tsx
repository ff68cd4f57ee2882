import { formatBytes, formatClock, formatCompact, formatCount } from '../../ui/format';
import type { Column } from '../../ui/table/column';
import { ListTable } from '../../ui/table/list-table';
import type { MetricSample } from './use-metrics';

const columns: Column<MetricSample>[] = [
  { id: 'at', header: 'Time', fixed: true, cell: (row) => formatClock(row.at), csv: (row) => row.at },
  { id: 'clients', header: 'Clients', align: 'right', cell: (row) => formatCount(row.clients), csv: (row) => row.clients },
  { id: 'in', header: 'Msg/s in', align: 'right', cell: (row) => formatCompact(row.messagesIn), csv: (row) => row.messagesIn },
  { id: 'out', header: 'Msg/s out', align: 'right', cell: (row) => formatCompact(row.messagesOut), csv: (row) => row.messagesOut },
  { id: 'bytesIn', header: 'Bytes/s in', align: 'right', from: 700, cell: (row) => formatBytes(row.bytesIn), csv: (row) => row.bytesIn },
  {
    id: 'bytesOut',
    header: 'Bytes/s out',
    align: 'right',
    from: 700,
    cell: (row) => formatBytes(row.bytesOut),
    csv: (row) => row.bytesOut,
  },
  {
    id: 'dropped',
    header: 'Dropped/s',
    align: 'right',
    from: 900,
    cell: (row) => formatCompact(row.messagesDropped),
    csv: (row) => row.messagesDropped,
  },
  {
    id: 'refused',
    header: 'Refused/s',
    align: 'right',
    from: 900,
    cell: (row) => formatCompact(row.connectsRefused),
    csv: (row) => row.connectsRefused,
  },
];

/** The charts' numbers, newest first, for those who read or copy rather than look. */
export function SamplesTable({ samples }: { samples: readonly MetricSample[] }) {
  const rows = samples.toReversed();
  return <ListTable name="samples" label="Samples of the last 15 minutes" columns={columns} rows={rows} rowKey={(row) => row.at} />;
}
