import type { Column } from './column';

/** Rows as RFC 4180 CSV. A cell that a spreadsheet would run as a formula gets a leading quote. */
export function toCsv<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const written = columns.filter((column) => column.csv ?? column.sortBy);
  const lines = [written.map((column) => quote(column.header))];
  for (const row of rows) lines.push(written.map((column) => quote((column.csv ?? column.sortBy)?.(row))));
  return lines.map((line) => line.join(',')).join('\r\n');
}

function quote(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
