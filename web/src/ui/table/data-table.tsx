import { Checkbox } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useDensity } from '../preferences';
import { type Column, nextSorting, type Sorting } from './column';
import classes from './data-table.module.css';
import { useRows } from './use-rows';

interface Props<T> {
  /** What the rows are, for those who hear the table. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  /** How a row is called in the label of its checkbox. */
  rowName?: (row: T) => string;
  sorting?: Sorting | undefined;
  onSort?: (sorting: Sorting | undefined) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  hidden?: readonly string[];
  /** Called when the last rows come near, to load more. */
  onEnd?: () => void;
  /** Rows in all, also those not loaded yet. */
  totalCount?: number;
  footer?: ReactNode;
}

const ROW_HEIGHT = { comfortable: 48, compact: 36 };

/**
 * A table that stays quick with thousands of rows: only what is on the screen is in the page. Arrow keys walk through
 * the rows by their first link, Enter opens it.
 */
export function DataTable<T>(props: Props<T>) {
  const { label, columns, rowKey, sorting, onSort, selected, onSelect, onEnd, footer } = props;
  const [density] = useDensity();
  const rowHeight = ROW_HEIGHT[density];
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const shown = columns.filter((column) => !props.hidden?.includes(column.id) && (!column.from || !width || width >= column.from));
  const rows = useRows(columns, props.rows, rowKey, sorting);

  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => setMargin((scroller.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => rowHeight, overscan: 12, scrollMargin: margin + 36 });
  useEffect(() => virtual.measure(), [rowHeight, virtual]);

  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const before = first ? first.start - virtual.options.scrollMargin : 0;
  const after = last ? virtual.getTotalSize() - (last.end - virtual.options.scrollMargin) : 0;
  const lastIndex = last?.index ?? 0;
  useEffect(() => {
    if (lastIndex >= rows.length - 10) onEnd?.();
  }, [lastIndex, rows.length, onEnd]);

  const span = shown.length + (onSelect ? 1 : 0);
  return (
    <>
      <div className={classes.scroll} ref={useMergedRef(sizeRef, scroller)}>
        <table
          className={classes.table}
          aria-label={label}
          aria-rowcount={(props.totalCount ?? rows.length) + 1}
          style={{ '--row-height': `${rowHeight}px` } as CSSProperties}
        >
          <colgroup>
            {onSelect && <col width={44} />}
            {shown.map((column) => (
              <col key={column.id} width={column.width} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {onSelect && (
                <th scope="col">
                  <SelectAll keys={rows.map(rowKey)} selected={selected ?? new Set()} onSelect={onSelect} />
                </th>
              )}
              {shown.map((column) => (
                <Heading key={column.id} column={column} sorting={sorting} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody onKeyDown={moveBetweenRows}>
            <Spacer height={before} span={span} />
            {items.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const key = rowKey(row);
              return (
                <tr
                  key={key}
                  data-row={item.index}
                  aria-rowindex={item.index + 2}
                  aria-selected={onSelect ? selected?.has(key) : undefined}
                >
                  {onSelect && (
                    <td>
                      <Checkbox
                        size="xs"
                        aria-label={`Select ${props.rowName?.(row) ?? key}`}
                        checked={selected?.has(key) ?? false}
                        onChange={(event) => onSelect(toggled(selected, key, event.currentTarget.checked))}
                      />
                    </td>
                  )}
                  {shown.map((column) => (
                    <td key={column.id} data-align={column.align}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            <Spacer height={after} span={span} />
          </tbody>
        </table>
      </div>
      {footer && <div className={classes.foot}>{footer}</div>}
    </>
  );
}

function Heading<T>({ column, sorting, onSort }: { column: Column<T>; sorting: Sorting | undefined; onSort: Props<T>['onSort'] }) {
  const active = sorting?.column === column.id;
  const Arrow = active && sorting.descending ? IconArrowDown : IconArrowUp;
  if (!column.sortBy || !onSort)
    return (
      <th scope="col" data-align={column.align}>
        {column.header || <span className="visually-hidden">Actions</span>}
      </th>
    );
  return (
    <th scope="col" data-align={column.align} aria-sort={active ? (sorting.descending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className={classes.sort}
        data-active={active || undefined}
        onClick={() => onSort(nextSorting(sorting, column.id))}
      >
        {column.header}
        <Arrow size={12} aria-hidden />
      </button>
    </th>
  );
}

function SelectAll({
  keys,
  selected,
  onSelect,
}: {
  keys: string[];
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
}) {
  const all = keys.length > 0 && keys.every((key) => selected.has(key));
  return (
    <Checkbox
      size="xs"
      aria-label="Select all"
      checked={all}
      indeterminate={!all && selected.size > 0}
      onChange={() => onSelect(all ? new Set() : new Set(keys))}
    />
  );
}

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0, border: 'none' }} />
    </tr>
  );
}

function toggled(selected: ReadonlySet<string> | undefined, key: string, on: boolean): ReadonlySet<string> {
  const next = new Set(selected);
  if (on) next.add(key);
  else next.delete(key);
  return next;
}

function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const row = (event.target as HTMLElement).closest<HTMLElement>('tr[data-row]');
  if (step === 0 || !row) return;
  const next = event.currentTarget.querySelector<HTMLElement>(`tr[data-row="${Number(row.dataset['row']) + step}"]`);
  const target = next?.querySelector<HTMLElement>('a') ?? next?.querySelector<HTMLElement>('button, input');
  if (!target) return;
  event.preventDefault();
  target.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
