import { ActionIcon, Button, Checkbox, Popover, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconCheck, IconColumns3, IconSearch, IconTableExport, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatPlural } from '../format';
import { useCopy } from '../use-copy';
import type { Column } from './column';
import { toCsv } from './csv';
import classes from './table-tools.module.css';

interface SearchField {
  text: string;
  onChange: (text: string) => void;
  label: string;
}

interface Props<T> {
  /** Tables that are short or ordered by time have no search. */
  search?: SearchField;
  columns: readonly Column<T>[];
  rows: readonly T[];
  hidden: readonly string[];
  onHidden: (hidden: string[]) => void;
  children?: ReactNode;
}

/** Above every table: search, the filters of the page, which columns, copy as CSV. */
export function TableTools<T>({ search, columns, rows, hidden, onHidden, children }: Props<T>) {
  return (
    <div className={classes.tools}>
      {search && <Search {...search} />}
      {children}
      <div className={classes.right}>
        <Popover position="bottom-end" shadow="md" withinPortal>
          <Popover.Target>
            <Button variant="default" leftSection={<IconColumns3 size={16} />}>
              Columns
            </Button>
          </Popover.Target>
          <Popover.Dropdown aria-label="Columns">
            <Stack gap="xs">
              {columns
                .filter((column) => !column.fixed && column.header)
                .map((column) => (
                  <Checkbox
                    key={column.id}
                    size="xs"
                    label={column.header}
                    checked={!hidden.includes(column.id)}
                    onChange={(event) =>
                      onHidden(event.currentTarget.checked ? hidden.filter((id) => id !== column.id) : [...hidden, column.id])
                    }
                  />
                ))}
            </Stack>
          </Popover.Dropdown>
        </Popover>
        <CopyCsv columns={columns} rows={rows} />
      </div>
    </div>
  );
}

function Search({ text, onChange, label }: SearchField) {
  return (
    <TextInput
      className={classes.search}
      leftSection={<IconSearch size={16} />}
      rightSection={
        text && (
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Clear search" onClick={() => onChange('')}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function CopyCsv<T>({ columns, rows }: Pick<Props<T>, 'columns' | 'rows'>) {
  const { copied, copy } = useCopy(() => toCsv(columns, rows));
  return (
    <Tooltip label={copied ? 'Copied' : `Copy ${formatPlural(rows.length, 'row')} as CSV`}>
      <ActionIcon variant="default" size={36} onClick={copy} aria-label="Copy as CSV">
        {copied ? <IconCheck size={16} /> : <IconTableExport size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
