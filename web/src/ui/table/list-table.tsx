import type { ComponentProps, ReactNode } from 'react';
import { useHiddenColumns } from '../preferences';
import { parseSorting, printSorting } from './column';
import { DataTable } from './data-table';
import { TableTools } from './table-tools';

/** What a list keeps in the address of its page. */
interface ListSearch {
  q?: string;
  sort?: string;
}

interface Props<T> extends Omit<ComponentProps<typeof DataTable<T>>, 'sorting' | 'onSort' | 'hidden'> {
  /** Under which the person's choice of columns is kept. */
  name: string;
  /** Both given where the list can be searched and sorted. */
  searchLabel?: string;
  search?: ListSearch;
  onSearch?: (part: ListSearch) => void;
  /** Filters of the page, beside the search field. */
  filters?: ReactNode;
  /** Between tools and rows: what can be done with the selected ones. */
  actions?: ReactNode;
}

/** The frame of every list: its tools (search, filters, columns, CSV) above its rows, search and order kept in the address. */
export function ListTable<T>({ name, searchLabel, search = {}, onSearch, filters, actions, ...table }: Props<T>) {
  const [hidden, setHidden] = useHiddenColumns(name);
  return (
    <>
      <TableTools
        columns={table.columns}
        rows={table.rows}
        hidden={hidden}
        onHidden={setHidden}
        {...(searchLabel && onSearch
          ? { search: { text: search.q ?? '', onChange: (q: string) => onSearch({ q }), label: searchLabel } }
          : {})}
      >
        {filters}
      </TableTools>
      {actions}
      <DataTable<T>
        {...table}
        hidden={hidden}
        sorting={parseSorting(search.sort)}
        {...(onSearch ? { onSort: (sorting) => onSearch({ sort: printSorting(sorting) ?? '' }) } : {})}
      />
    </>
  );
}
