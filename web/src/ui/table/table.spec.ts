import { describe, expect, it } from 'vitest';
import { type Column, compare, nextSorting, parseSorting, printSorting } from './column';
import { toCsv } from './csv';

describe('the order of a table survives a reload, because it is in the URL', () => {
  it.each(['name', '-clients'])('%s', (text) => expect(printSorting(parseSorting(text))).toBe(text));

  it('goes up, down, and back to the table’s own order', () => {
    const up = nextSorting(undefined, 'name');
    const down = nextSorting(up, 'name');
    expect([printSorting(up), printSorting(down), nextSorting(down, 'name')]).toEqual(['name', '-name', undefined]);
  });
});

it('names with numbers sort as people count', () => {
  expect(['dev-10', 'dev-9', 'Dev-1'].sort(compare)).toEqual(['Dev-1', 'dev-9', 'dev-10']);
});

describe('toCsv', () => {
  const columns: Column<{ name: string; n: number | null }>[] = [
    { id: 'name', header: 'Name', cell: () => null, csv: (row) => row.name },
    { id: 'n', header: 'N', cell: () => null, sortBy: (row) => row.n },
    { id: 'menu', header: '', cell: () => null },
  ];

  it('quotes what needs it and leaves out columns without data', () => {
    expect(
      toCsv(columns, [
        { name: 'a,"b"', n: 1 },
        { name: 'c', n: null },
      ]),
    ).toBe('Name,N\r\n"a,""b""",1\r\nc,');
  });

  it('never lets a device name run as a formula', () => {
    expect(toCsv(columns, [{ name: '=1+1', n: -1 }])).toBe("Name,N\r\n'=1+1,-1");
  });
});
