/** docs/benchmarks: the table with a sentence per row, the charts, and the figures they are made of. */
import type { BrokerReport } from '../broker.ts';
import type { Row } from '../report.ts';
import { barChart, type Group } from './chart.ts';
import { OBSTACLES } from './obstacles.ts';

/** By file name. */
export function pages(report: BrokerReport): Record<string, string> {
  const ratios = report.rows.filter(({ ratio, case: name }) => ratio !== undefined && !name.startsWith('churn'));
  const values = report.rows.filter(({ ratio }) => ratio === undefined);
  const direct = ratios.filter(({ case: name }) => !name.startsWith('edge.'));
  const edge = ratios.filter(({ case: name }) => name.startsWith('edge.'));
  return {
    'README.md': page(report),
    'broker.json': `${JSON.stringify(report, null, 2)}\n`,
    'direct.svg': barChart('Work per CPU-second of the broker, mosquitto 2.0 = 1', groupsOf(report, direct), '×'),
    'edge.svg': barChart(
      'Through the edge with TLS, per CPU-second of edge and runtime, mosquitto with TLS = 1',
      groupsOf(report, edge),
      '×',
    ),
    'figures.svg': barChart('Memory and latency: less is better', groupsOf(report, values), ''),
  };
}

function groupsOf({ peers }: BrokerReport, rows: readonly Row[]): Group[] {
  return rows.map((row) => ({
    label: row.ratio === undefined ? `${row.case} (${row.unit.split('/')[0]})` : row.case,
    bar: row.bar!,
    goal: row.goal!,
    bars: [
      { label: 'Rookery', value: row.ratio ?? row.value, ours: true },
      ...peers
        .filter((peer) => peer.case === row.case && (row.ratio === undefined || peer.ratio !== undefined))
        .map((peer) => ({ label: peer.peer, value: peer.ratio ?? peer.value, ours: false })),
    ],
  }));
}

function page(report: BrokerReport): string {
  return `# Benchmarks of the broker

Written by \`npm run bench -- broker\`; measured at commit \`${report.commit.slice(0, 12)}\` on ${report.machine}. The figures are in [broker.json](broker.json).

Each broker runs pinned to one core, alone, in a fresh process per round; the load generator (\`bench/load\`) has the other core; all of it in a network namespace of its own. Each measures 1.5 s after 4 s of the same load: what a fresh process pays once, above all the compiler of V8, is not in the figures. Rounds alternate, the table shows the median ratio of equal rounds and the smallest and largest. Payload 256 B, MQTT 3.1.1, exact topics; the same QoS, window and outstanding messages for each broker; a row in which a message or a connection goes missing fails. Ours is the shipped bundle with user name and password, ten access rules, every quota in force (those on rates, queues and windows above the load), counters and reports on. mosquitto has a password file, no limits on queues, and keeps everything in memory, also where we sync to disk before PUBACK. Ratios are per CPU-second of the broker (threads included), mosquitto = 1; through the edge, of edge and runtime together, against mosquitto with TLS.

![Direct](direct.svg)

![Through the edge](edge.svg)

![Memory and latency](figures.svg)

| case | ratio (min–max) | value | mosquitto | others | first bar | goal | |
|---|---|---|---|---|---|---|---|
${report.rows.map((row) => tableRow(report, row)).join('\n')}

## How far the goal is, and what stands in the way

${report.rows.map((row) => `- **${row.case}**: ${distance(row)} ${OBSTACLES[row.case] ?? ''}`.trimEnd()).join('\n')}
`;
}

function tableRow({ peers }: BrokerReport, row: Row): string {
  const ratio = row.ratio === undefined ? '–' : `**${row.ratio}** (${row.ratioMin}–${row.ratioMax})`;
  const value = `${row.value.toLocaleString('en-US')} ${row.unit}`;
  const own = peers.filter((peer) => peer.case === row.case);
  const mosquitto = own.find(({ peer }) => peer === 'mosquitto')?.value.toLocaleString('en-US') ?? '–';
  const others = own
    .filter(({ peer }) => peer !== 'mosquitto')
    .map(({ peer, ratio: r, value: v, lost }) => `${peer} ${r ?? v}${lost > 0 ? ` (lost ${lost})` : ''}`);
  return `| \`${row.case}\` | ${ratio} | ${value} | ${mosquitto} | ${others.join(', ') || '–'} | ${row.bar} | ${row.goal} | ${row.pass ? 'pass' : 'FAIL'} |`;
}

function distance({ ratio, value, goal, better }: Row): string {
  const judged = ratio ?? value;
  const reached = better === 'higher' ? judged / goal! : goal! / judged;
  return reached >= 1 ? 'the goal is reached.' : `${Math.round(reached * 100)} % of the goal.`;
}
