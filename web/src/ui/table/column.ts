import type { ReactNode } from 'react';

export type SortValue = string | number | null | undefined;

/** One column: how it looks in a cell, how it sorts, and what a copy as CSV holds. */
export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Makes the column sortable. Unknown values come last, whichever way. */
  sortBy?: (row: T) => SortValue;
  csv?: (row: T) => SortValue;
  /** Pixels; the columns without a width share what is left. */
  width?: number;
  align?: 'right';
  /** Shown only where the table is at least this many pixels wide. */
  from?: number;
  /** Part of every row's identity; it cannot be hidden. */
  fixed?: boolean;
}

export interface Sorting {
  column: string;
  descending: boolean;
}

/** The order of a table as it stands in the URL: `name`, or `-name` for descending. */
export function parseSorting(text: string | undefined): Sorting | undefined {
  if (!text) return undefined;
  return text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

export function printSorting(sorting: Sorting | undefined): string | undefined {
  return sorting && (sorting.descending ? `-${sorting.column}` : sorting.column);
}

/** What a press on a heading does: ascending, then descending, then the table's own order again. */
export function nextSorting(current: Sorting | undefined, column: string): Sorting | undefined {
  if (current?.column !== column) return { column, descending: false };
  return current.descending ? undefined : { column, descending: true };
}

export function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true, sensitivity: 'base' });
}
