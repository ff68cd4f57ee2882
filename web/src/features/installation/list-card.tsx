import type { ReactNode } from 'react';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import type { Column } from '../../ui/table/column';
import { DataTable } from '../../ui/table/data-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';

interface Props<Row> {
  title: string;
  /** Small things at the right of the title. */
  aside?: ReactNode;
  columns: Column<Row>[];
  /** Undefined while they are loaded for the first time. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  error: Error | null;
  onRetry: () => unknown;
  /** What it means that there are none. */
  none: { icon: ReactNode; title: string; words: string };
}

/** A list that an operator watches: what was loaded last stays when it cannot be loaded again. */
export function ListCard<Row>({ title, aside, columns, rows, rowKey, error, onRetry, none }: Props<Row>) {
  return (
    <Card title={title} aside={aside} flush>
      {error && <Fault title={`${title} could not be loaded`} error={error} onRetry={() => void onRetry()} />}
      {rows && rows.length > 0 && <DataTable label={title} columns={columns} rows={rows} rowKey={rowKey} totalCount={rows.length} />}
      {rows?.length === 0 && !error && (
        <EmptyState icon={none.icon} title={none.title}>
          {none.words}
        </EmptyState>
      )}
      {!rows && !error && <TableSkeleton rows={2} />}
    </Card>
  );
}
