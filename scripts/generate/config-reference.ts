/** docs/reference/config.md and .env.example, from the zod objects of every process and the comments above their keys. */
import { readFileSync } from 'node:fs';
import type { Files } from '../generate.ts';
import { inRoot } from '../lib/paths.ts';

const SOURCES = [
  { title: '`npm start`', file: 'scripts/launcher/settings.ts' },
  { title: 'api', file: 'services/api/src/config.ts' },
  { title: 'worker', file: 'services/provisioner/src/worker/config.ts' },
  { title: 'agent', file: 'services/provisioner/src/agent/config.ts' },
  { title: 'edge', file: 'services/edge/src/config.ts' },
];

interface Variable {
  name: string;
  words: string;
  fallback: string;
}

export function configReference(): Files {
  const sections = SOURCES.map(({ title, file }) => ({ title, variables: readVariables(readFileSync(inRoot(file), 'utf8')) }));
  const lines = [
    '# Configuration',
    '',
    'Made by `npm run generate` from the configuration schema of each process. Every variable can be read from a file: set',
    '`NAME_FILE` to its path. All faults are reported at once when a process starts.',
  ];
  for (const { title, variables } of sections) {
    lines.push('', `## ${title}`, '', '| variable | default | meaning |', '| --- | --- | --- |');
    for (const { name, words, fallback } of variables)
      lines.push(`| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${words} |`);
  }
  const launcher = sections[0]!.variables.map(
    ({ name, words, fallback }) => `# ${words || name}\n#${name}=${fallback.includes('(') ? '' : fallback}\n`,
  );
  return { 'docs/reference/config.md': `${lines.join('\n')}\n`, '.env.example': launcher.join('\n') };
}

/** Keys of the schema with the comment above each and the argument of `.default(…)` or `.prefault(…)`. */
function readVariables(source: string): Variable[] {
  const found: Variable[] = [];
  const pattern =
    /^ {2}(?:\/\*\* (?<words>(?:(?!\*\/)[\s\S])*?) \*\/\s+)?(?<name>[A-Z][A-Z0-9_]+): (?<type>(?:(?!^ {2}[A-Z/]|^\}\))[\s\S])*)/gm;
  for (const match of source.matchAll(pattern)) {
    const { words = '', name = '', type = '' } = match.groups ?? {};
    const fallback = /\.(?:default|prefault)\((?<value>.*?)\)(?:,|\.|$)/m.exec(type)?.groups?.value ?? '';
    found.push({ name, words: words.replace(/\s+\*\s+/g, ' ').trim(), fallback: inWords(fallback) });
  }
  return found;
}

/** A default as it would be written in the environment. */
function inWords(fallback: string): string {
  if (fallback.startsWith('inRoot(')) return `<checkout>/${fallback.slice("inRoot('".length, -"')".length)}`;
  if (fallback.includes('(')) return '';
  return fallback.replaceAll("'", '').replace(/(?<=\d)_(?=\d)/g, '');
}
