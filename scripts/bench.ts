/**
 * `npm run bench -- <suite> [--json FILE]`: measurements, in one form. Exit 1 on a failed, lossy or missing case.
 * Suites: lifecycle.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { report, type Row } from '../bench/report.ts';
import { buildAll } from './build.ts';

const SUITES: Record<string, () => Promise<Row[]>> = {
  lifecycle: async () => (await import('../bench/lifecycle.ts')).lifecycle(),
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const suite = SUITES[positionals[0] ?? ''];
if (suite === undefined) {
  console.error(`Say which: ${Object.keys(SUITES).join(', ')}.`);
  process.exit(2);
}
await buildAll((line) => console.error(line));
const result = report(await suite());
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
console.log(
  result.rows
    .map(
      (row) =>
        `${row.pass ? 'pass' : 'FAIL'}  ${row.case.padEnd(20)} ${row.value} ${row.unit}${row.p99 === undefined ? '' : `, p99 ${row.p99}`}${row.bar === undefined ? '' : ` (bar ${row.bar})`}`,
    )
    .join('\n'),
);
process.exit(result.rows.every((row) => row.pass) ? 0 : 1);
