/**
 * Stands in front of the real terraform as TERRAFORM_BIN: passes everything through, and at the place that the failpoint's
 * file names kills its own process group, which is itself, terraform and the provider.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE } from '../../../scripts/lib/paths.ts';

/** Writes the wrapper into `folder`; returns its path. */
export function writeTerraformWrapper(folder: string, terraform: string, failpointFile: string): string {
  const file = join(folder, 'terraform');
  writeFileSync(
    file,
    `#!${NODE}\n${SOURCE.replace('TERRAFORM', JSON.stringify(terraform)).replace('FILE', JSON.stringify(failpointFile))}`,
  );
  chmodSync(file, 0o755);
  return file;
}

const SOURCE = `
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, rmSync } = require('node:fs');
const [terraform, file] = [TERRAFORM, FILE];
const [verb] = process.argv.slice(2);
const POINTS = { apply_start: verb + '-start', apply_complete: verb + '-complete', change_summary: verb + '-end' };

function reach(point) {
  if (!existsSync(file) || readFileSync(file, 'utf8').trim() !== 'tf-' + point) return;
  rmSync(file);
  process.kill(0, 'SIGKILL');
}

const child = spawn(terraform, process.argv.slice(2), { stdio: ['ignore', 'pipe', 'inherit'] });
if (verb === 'init') reach('init');
let rest = '';
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const { type, changes } = JSON.parse(line);
    // The plan has a summary too.
    if (type in POINTS && (type !== 'change_summary' || changes.operation === verb)) reach(POINTS[type]);
  }
});
child.on('close', (code) => process.exit(code ?? 1));
`;
