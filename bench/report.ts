/** The one form of every measurement. `bar` judges `ratio` where there is one, else `value`. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { ROOT } from '../scripts/lib/paths.ts';

export interface Row {
  case: string;
  value: number;
  unit: string;
  better: 'higher' | 'lower';
  ratio?: number;
  ratioMin?: number;
  ratioMax?: number;
  p50?: number;
  p99?: number;
  bar?: number;
  goal?: number;
  /** Messages or connections that went missing; any makes the row fail. */
  lost?: number;
  pass: boolean;
}

export interface Report {
  version: 1;
  commit: string;
  machine: string;
  rows: Row[];
}

export function report(rows: Row[]): Report {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  return { version: 1, commit, machine, rows };
}

export function meetsBar(row: Omit<Row, 'pass'>): boolean {
  const judged = row.ratio ?? row.value;
  const met = row.bar === undefined || (row.better === 'higher' ? judged >= row.bar : judged <= row.bar);
  return met && (row.lost ?? 0) === 0;
}

/** The value below which `share` of the samples lie, by nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
