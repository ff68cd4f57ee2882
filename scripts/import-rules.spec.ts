/** Each import rule of .dependency-cruiser.cjs catches the import that it was written for. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, inRoot } from './lib/paths.ts';

const folder = inRoot('.cache', 'import-rules');

/** Rule → [the file that breaks it, what it imports]. */
const OFFENCES: Record<string, [string, string]> = {
  'no-cycle': ['packages/contracts/src/a.ts', 'packages/contracts/src/b.ts'],
  'no-service-to-service': ['services/edge/src/a.ts', 'services/api/src/b.ts'],
  'web-imports-nothing-of-ours': ['web/src/a.ts', 'packages/contracts/src/c.ts'],
  'codec-is-pure': ['packages/mqtt-codec/src/a.ts', 'zod'],
  'contracts-use-zod-only': ['packages/contracts/src/d.ts', 'pg'],
  'policy-uses-contracts-only': ['packages/policy/src/a.ts', 'packages/mqtt-codec/src/c.ts'],
  'db-for-control-plane-only': ['packages/service-kit/src/a.ts', 'packages/db/src/b.ts'],
  'agent-knows-no-database': ['services/provisioner/src/agent/a.ts', 'packages/db/src/b.ts'],
  'runtime-and-edge-know-no-database': ['services/broker-runtime/src/a.ts', 'pg'],
  'edge-needs-no-policy': ['services/edge/src/c.ts', 'packages/policy/src/b.ts'],
  'codec-for-the-wire-only': ['services/api/src/c.ts', 'packages/mqtt-codec/src/c.ts'],
  'packages-import-no-service': ['packages/db/src/c.ts', 'services/api/src/b.ts'],
  'no-test-code-in-product': ['services/api/src/d.ts', 'services/api/src/x.spec.ts'],
};

function put(path: string, imported: string | null): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const from =
    imported === null
      ? null
      : imported.includes('/')
        ? `./${relative(dirname(file), join(folder, imported))}`.replace(/\.ts$/, '.js')
        : imported;
  writeFileSync(file, from === null ? 'export const nothing = 1;\n' : `import * as imported from '${from}';\nexport { imported };\n`);
}

describe('import rules', () => {
  let fired: Map<string, string[]>;

  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const [, imported] of Object.values(OFFENCES)) if (imported.includes('/')) put(imported, null);
    for (const [path, imported] of Object.values(OFFENCES)) put(path, imported);
    put('packages/contracts/src/b.ts', 'packages/contracts/src/a.ts');
    const result = spawnSync(
      join(BIN, 'depcruise'),
      ['--config', inRoot('.dependency-cruiser.cjs'), '--output-type', 'json', 'packages', 'services', 'web'],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const { summary } = JSON.parse(result.stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    fired = new Map(
      Object.keys(OFFENCES).map((name) => [name, summary.violations.filter(({ rule }) => rule.name === name).map(({ from }) => from)]),
    );
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [rule, [offender]] of Object.entries(OFFENCES)) it(`${rule} fires`, () => expect(fired.get(rule)).toContain(offender));

  it('has an offence for every rule', () => {
    const { forbidden } = createRequire(import.meta.url)(inRoot('.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };
    expect(Object.keys(OFFENCES).sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });
});
