/**
 * docs/reference/mqtt-conformance.md: every normative statement of MQTT 5.0 and 3.1.1 with what is behind it. "Tested by" is
 * found in the titles of tests and never written by hand. Fails when a test cites a statement that does not exist, when
 * one of the server's has neither test nor reason, and when fewer than nine in ten of the server's are tested.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.ts';

const FOLDERS = ['packages/mqtt-codec/src', 'services/broker-runtime/src'];
const STATEMENTS = 'services/broker-runtime/src/requirements/mqtt-statements.txt';
const TESTED_SHARE_MIN = 0.9;

/** How tests cite a statement of each version, and how many its Appendix B lists. */
const VERSIONS = [
  { title: 'MQTT 5.0', prefix: 'MQTT-', count: 251 },
  { title: 'MQTT 3.1.1', prefix: 'MQTT311-', count: 141 },
] as const;

export interface Statement {
  /** As tests cite it: `MQTT-3.1.0-1`, `MQTT311-3.1.0-1`. */
  id: string;
  side: 'server' | 'client' | 'both';
  summary: string;
  /** `not applicable: …` or `deviates: …`; null for what is to be tested. */
  reason: string | null;
}

/** The list as it is written, by version title. */
export function readStatements(text: string): Map<string, Statement[]> {
  const versions = new Map<string, Statement[]>();
  let current: Statement[] = [];
  let prefix = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('# ')) {
      const version = VERSIONS.find(({ title }) => title === line.slice(2));
      if (version === undefined) throw new Error(`${STATEMENTS}: ${line} is no version`);
      prefix = version.prefix;
      versions.set(version.title, (current = []));
      continue;
    }
    const [number = '', side = '', summary = '', reason] = line.split(' | ');
    if (!/^\d+\.\d+(\.\d+)?-\d+$/.test(number) || !['server', 'client', 'both'].includes(side) || summary === '')
      throw new Error(`${STATEMENTS}: cannot read ${line}`);
    if (reason !== undefined && !/^(not applicable|deviates): ./.test(reason))
      throw new Error(`${STATEMENTS}: ${number} has a reason of no kind`);
    current.push({ id: prefix + number, side: side as Statement['side'], summary, reason: reason ?? null });
  }
  return versions;
}

/** Spec files by the statements that they cite. Ids count inside of string literals only; a comment is no test. */
export function citations(files: Iterable<readonly [path: string, text: string]>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [path, text] of files)
    for (const line of text.split('\n')) {
      if (/^\s*(\/\/|\/?\*)/.test(line)) continue;
      for (const [, id] of line.matchAll(/\[(MQTT(?:311)?-[\d.]+-\d+)\]/g)) {
        if (!found.has(id!)) found.set(id!, new Set());
        found.get(id!)!.add(path);
      }
    }
  return found;
}

/** What is wrong with the list or with the tests; empty when all is well. */
export function faults(versions: Map<string, Statement[]>, cited: Map<string, Set<string>>): string[] {
  const wrong: string[] = [];
  const known = new Set([...versions.values()].flat().map(({ id }) => id));
  for (const { title, count } of VERSIONS) {
    const statements = versions.get(title) ?? [];
    const distinct = new Set(statements.map(({ id }) => id)).size;
    if (statements.length !== count || distinct !== count) wrong.push(`${title} has ${count} statements; ${distinct} are listed`);
  }
  for (const [id, paths] of cited) if (!known.has(id)) wrong.push(`${[...paths].join(', ')} cites ${id}, which does not exist`);
  const servers = [...versions.values()].flat().filter(({ side }) => side !== 'client');
  for (const { id, reason } of servers) if (reason === null && !cited.has(id)) wrong.push(`${id} has neither a test nor a reason`);
  const tested = servers.filter(({ id }) => cited.has(id)).length;
  if (tested < servers.length * TESTED_SHARE_MIN) wrong.push(`only ${tested} of the server's ${servers.length} statements are tested`);
  return wrong;
}

/** Every spec file that may cite a statement, with its text. */
export function specFiles(): [path: string, text: string][] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.spec.ts'))
      .sort()
      .map((file): [string, string] => [`${folder}/${file}`, readFileSync(inRoot(folder, file), 'utf8')]),
  );
}

export function mqttConformance(): Record<string, string> {
  const versions = readStatements(readFileSync(inRoot(STATEMENTS), 'utf8'));
  const cited = citations(specFiles());
  const wrong = faults(versions, cited);
  if (wrong.length > 0) throw new Error(`MQTT conformance:\n${wrong.map((fault) => `  ${fault}`).join('\n')}`);
  return { 'docs/reference/mqtt-conformance.md': page(versions, cited) };
}

function page(versions: Map<string, Statement[]>, cited: Map<string, Set<string>>): string {
  const all = [...versions.values()].flat();
  const servers = all.filter(({ side }) => side !== 'client');
  const tested = servers.filter(({ id }) => cited.has(id)).length;
  const sections = [...versions].map(([title, statements]) => section(title, statements, cited));
  return `<!-- Generated by \`npm run generate\` from ${STATEMENTS} and the titles of the tests. -->

# MQTT conformance

Every normative statement of MQTT 5.0 (251) and of MQTT 3.1.1 (141; two of them are misprinted in its Appendix B as MQTT-3.1.2.7 and
MQTT-3-8.3-4, so that other counts say 139), in our words. **${tested} of the ${servers.length} statements that bind the server are tested (${((100 * tested) / servers.length).toFixed(1)} %)**; what
is not tested says why. Tests cite MQTT 5.0 as \`[MQTT-…]\` and MQTT 3.1.1 as \`[MQTT311-…]\` in their titles. The build fails on a
statement without test or reason, on a citation of one that does not exist, and below 90 %. \`npm run test:long -- mutations\` checks
that the tests notice when a statement is broken.

${sections.join('\n')}`;
}

function section(title: string, statements: readonly Statement[], cited: Map<string, Set<string>>): string {
  const rows = statements.map(
    ({ id, side, summary, reason }) => `| ${id} | ${summary} | ${side} | ${status(side, reason, cited.get(id))} |`,
  );
  return `## ${title}

| statement | what it asks | side | status |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function status(side: Statement['side'], reason: string | null, paths: Set<string> | undefined): string {
  if (reason !== null && paths === undefined) return reason.replace(':', ' because');
  const names = [...(paths ?? [])].map((path) => `[${path.split('/').at(-1)!.replace('.spec.ts', '')}](../../${path})`);
  if (side === 'client')
    return names.length === 0 ? 'client side' : `client side; how the broker takes it is tested by ${names.join(', ')}`;
  return `tested by ${names.join(', ')}`;
}
