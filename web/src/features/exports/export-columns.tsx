import { Button, Tooltip, UnstyledButton } from '@mantine/core';
import type { ExportsQuery as Exports } from '../../gql/graphql';
import { formatBytes, formatCount, formatDateTime, UNKNOWN } from '../../ui/format';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import classes from './export-columns.module.css';
import { lastDay } from './days';
import { KINDS, STATES } from './words';

export type ExportRow = Exports['exports']['nodes'][number];

const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const dayOfThisYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: '2-digit' });

export const EXPORT_COLUMNS: readonly Column<ExportRow>[] = [
  { id: 'kind', header: 'What', width: 138, fixed: true, csv: (row) => row.kind, cell: (row) => <What row={row} /> },
  { id: 'range', header: 'Days', from: 640, csv: (row) => `${row.from} ${row.to}`, cell: (row) => rangeOf(row) },
  { id: 'state', header: 'State', width: 106, csv: (row) => row.state, cell: (row) => <State row={row} /> },
  { id: 'note', header: 'Note', from: 1_000, csv: (row) => row.errorMessage, cell: (row) => <Note row={row} /> },
  {
    id: 'rows',
    header: 'Lines',
    width: 100,
    align: 'right',
    from: 820,
    csv: (row) => row.rows,
    cell: (row) => (row.rows === null ? UNKNOWN : formatCount(row.rows)),
  },
  {
    id: 'bytes',
    header: 'Size',
    width: 100,
    align: 'right',
    from: 820,
    csv: (row) => row.bytes,
    cell: (row) => (row.bytes === null ? UNKNOWN : formatBytes(row.bytes)),
  },
  { id: 'by', header: 'Asked by', width: 210, from: 1_200, csv: (row) => row.requestedBy, cell: (row) => row.requestedBy },
  {
    id: 'created',
    header: 'Created',
    width: 120,
    from: 520,
    csv: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
  { id: 'download', header: '', width: 112, align: 'right', cell: (row) => <Download row={row} /> },
];

function rangeOf({ from, to }: ExportRow): string {
  return day.formatRange(new Date(from), lastDay(to));
}

function shortRangeOf({ from, to }: ExportRow): string {
  const [first, last] = [new Date(from), lastDay(to)];
  const isOfThisYear = [first, last].every((each) => each.getFullYear() === new Date().getFullYear());
  return (isOfThisYear ? dayOfThisYear : shortDay).formatRange(first, last);
}

function What({ row }: { row: ExportRow }) {
  return (
    <span className={classes.what}>
      {KINDS[row.kind].word}
      <span className={classes.days}>{shortRangeOf(row)}</span>
    </span>
  );
}

/** Why it failed is said here too, for screens without room for notes. */
function State({ row }: { row: ExportRow }) {
  const badge = <StateBadge {...STATES[row.state]} />;
  if (row.state !== 'FAILED') return badge;
  return (
    <Tooltip
      label={`${row.errorMessage ?? 'No reason was noted.'} ${row.errorCode ?? ''}`}
      events={{ hover: true, focus: true, touch: true }}
    >
      <UnstyledButton>{badge}</UnstyledButton>
    </Tooltip>
  );
}

function Note({ row }: { row: ExportRow }) {
  if (row.state === 'FAILED') return <span title={row.errorMessage ?? ''}>{row.errorMessage}</span>;
  if (row.state === 'READY' && row.expiresAt) return <span>Kept until {formatDateTime(row.expiresAt)}</span>;
  return row.state === 'EXPIRED' ? <span>The file was removed</span> : null;
}

function Download({ row }: { row: ExportRow }) {
  if (!row.downloadUrl) return null;
  return (
    <Button
      component="a"
      // By the address that this page has: the session belongs to it.
      href={new URL(row.downloadUrl).pathname}
      download
      size="compact-sm"
      variant="default"
      aria-label={`Download ${KINDS[row.kind].word}, ${rangeOf(row)}`}
    >
      Download
    </Button>
  );
}
