import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type Column, compare, type Sorting, type SortValue } from './column';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns: {} });

/** The rows in the order that the URL asks for. Unknown values stand last, whichever way the order goes. */
export function useRows<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  rowKey: (row: T) => string,
  sorting: Sorting | undefined,
): T[] {
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: Boxed<T>): SortValue => column.sortBy?.(row.value) ?? undefined,
        sortUndefined: 'last' as const,
        sortFn: (a: Cell, b: Cell, id: string) => compare(a.getValue(id), b.getValue(id)),
      })),
    [columns],
  );
  const data = useMemo(() => rows.map((value) => ({ value })), [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: (row) => rowKey(row.value),
    state: { sorting: sorting ? [{ id: sorting.column, desc: sorting.descending }] : [] },
  });
  return table.getRowModel().rows.map((row) => row.original.value);
}

interface Boxed<T> {
  value: T;
}

interface Cell {
  getValue: (columnId: string) => SortValue;
}
