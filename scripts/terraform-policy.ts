/** `node scripts/terraform-policy.ts FILE…`: names every violation in plans that `terraform show -json` wrote; fails if there is one. */
import { readFileSync } from 'node:fs';
import { type Plan, violations } from './lib/terraform-policy.ts';

const files = process.argv.slice(2);
if (files.length === 0) throw new Error('Name at least one file of `terraform show -json PLAN`.');
for (const file of files) {
  const found = violations(JSON.parse(readFileSync(file, 'utf8')) as Plan);
  for (const violation of found) console.error(`${file}: ${violation}`);
  if (found.length > 0) process.exitCode = 1;
  else console.log(`${file}: no violation`);
}
