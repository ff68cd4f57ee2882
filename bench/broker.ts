/**
 * `npm run bench -- broker [--cases a,b] [--quick]`: our broker beside mosquitto, nats-server and those that BENCH_PEERS
 * names, on one core in alternation, every row of docs/benchmarks. A full run writes that page anew.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { inRoot } from '../scripts/lib/paths.ts';
import { otherPeers } from './broker/brokers.ts';
import { CASES } from './broker/cases.ts';
import { makeFixtures } from './broker/fixtures.ts';
import { compileLoad } from './broker/load.ts';
import { FULL, measure, type Outcome, type PeerRow, QUICK } from './broker/measure.ts';
import { pages } from './broker/pages.ts';
import { type Report, report, type Row } from './report.ts';

export interface BrokerReport extends Report {
  /** What the others did, for comparison. */
  peers: PeerRow[];
}

export interface BrokerBenchOptions {
  /** Names of cases; null = all. */
  cases: readonly string[] | null;
  quick: boolean;
  benchPeers: string | undefined;
}

export async function broker({ cases, quick, benchPeers }: BrokerBenchOptions): Promise<BrokerReport> {
  const wanted = CASES.filter(({ name }) => cases === null || cases.includes(name));
  const unknown = (cases ?? []).filter((name) => !CASES.some((known) => known.name === name));
  if (unknown.length > 0) throw new Error(`No such case: ${unknown.join(', ')}. There are ${CASES.map(({ name }) => name).join(', ')}.`);
  const others = otherPeers(benchPeers);
  compileLoad();
  const fixtures = makeFixtures();
  const outcomes: Outcome[] = [];
  const missing: Row[] = [];
  try {
    for (const tested of wanted) {
      const outcome = await measure(tested, others, fixtures, quick ? QUICK : FULL).catch((error: Error) => error);
      if (outcome instanceof Error) {
        console.error(`${tested.name}: ${outcome.message}`);
        missing.push({ case: tested.name, value: 0, unit: 'missing', better: 'higher', bar: tested.bar, goal: tested.goal, pass: false });
        continue;
      }
      outcomes.push(outcome);
      console.error(line(outcome));
    }
  } finally {
    fixtures.remove();
  }
  const result = { ...report([...outcomes.map(({ row }) => row), ...missing]), peers: outcomes.flatMap(({ peers }) => peers) };
  if (cases === null && !quick && missing.length === 0) writePages(result);
  return result;
}

function writePages(result: BrokerReport): void {
  const folder = inRoot('docs', 'benchmarks');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages(result))) writeFileSync(`${folder}/${name}`, text);
}

/** Progress, with what the rows leave out: who else was there, and whether the load was the limit. */
function line({ row, peers, loadShare }: Outcome): string {
  const judged =
    row.ratio === undefined ? `${row.value} ${row.unit}` : `${row.ratio} (${row.ratioMin}–${row.ratioMax}) ${row.value} ${row.unit}`;
  const beside = peers.map(({ peer, value, ratio }) => `${peer} ${ratio ?? value}`).join(', ');
  return `${row.pass ? 'pass' : 'FAIL'}  ${row.case}: ${judged}; bar ${row.bar}, goal ${row.goal}; lost ${row.lost}; load ${loadShare.toFixed(2)}; ${beside}`;
}
