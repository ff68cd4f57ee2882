/**
 * `npm run bench -- <suite> [--json FILE]`: measurements, in one form. Exit 1 on a failed, lossy or missing case.
 * Suites: lifecycle; wake; broker, which also takes [--cases a,b] [--quick].
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { enterNamespace } from '../bench/broker/namespace.ts';
import { type Report, report } from '../bench/report.ts';
import { buildAll } from './build.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, cases: { type: 'string' }, quick: { type: 'boolean', default: false } },
});

const SUITES: Record<string, () => Promise<Report | number>> = {
  lifecycle: async () => report(await (await import('../bench/lifecycle.ts')).lifecycle()),
  wake: async () => report(await (await import('../bench/wake.ts')).wake()),
  broker: async () => {
    const inside = await enterNamespace(process.env);
    if (inside !== null) return inside;
    const { broker } = await import('../bench/broker.ts');
    return broker({ cases: values.cases?.split(',') ?? null, quick: values.quick, benchPeers: process.env.BENCH_PEERS });
  },
};

const suite = SUITES[positionals[0] ?? ''];
if (suite === undefined) {
  console.error(`Say which: ${Object.keys(SUITES).join(', ')}.`);
  process.exit(2);
}
await buildAll((line) => console.error(line));
const result = await suite();
if (typeof result === 'number') process.exit(result);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
console.log(
  result.rows
    .map((row) => {
      const ratio = row.ratio === undefined ? '' : `, ratio ${row.ratio} (${row.ratioMin}–${row.ratioMax})`;
      const slow = row.p99 === undefined ? '' : `, p99 ${row.p99}`;
      const lost = row.lost ? `, LOST ${row.lost}` : '';
      return `${row.pass ? 'pass' : 'FAIL'}  ${row.case.padEnd(20)} ${row.value} ${row.unit}${ratio}${slow}${lost}${row.bar === undefined ? '' : ` (bar ${row.bar})`}`;
    })
    .join('\n'),
);
process.exit(result.rows.every((row) => row.pass) ? 0 : 1);
