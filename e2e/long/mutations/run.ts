/**
 * Do the tests notice when a statement of the standard is broken? Draws mutations by seed, applies each to a copy of the
 * broker, and runs the tests that cite its statement: one of them must fail. Before that, the same tests must pass.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { citations, specFiles } from '../../../scripts/generate/mqtt-conformance.ts';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { runStep } from '../../../scripts/lib/run-step.ts';
import { seededRandom } from '../random.ts';
import { BROKER_MUTATIONS } from './broker-mutations.ts';
import { CODEC_MUTATIONS } from './codec-mutations.ts';
import { DELIVERY_MUTATIONS } from './delivery-mutations.ts';
import type { Mutation } from './mutation.ts';

const MUTATIONS = [...CODEC_MUTATIONS, ...BROKER_MUTATIONS, ...DELIVERY_MUTATIONS];
/** Out of 40, as many may pass unseen. */
const UNSEEN_SHARE_MAX = 2 / 40;

interface Options {
  seed: number;
  /** How many are drawn. */
  rounds: number;
  say: (line: string) => void;
}

export async function mutations({ seed, rounds, say }: Options): Promise<void> {
  const cited = citations(specFiles());
  const drawn = draw(seed, rounds);
  say(`${drawn.length} of ${MUTATIONS.length} mutations, seed ${seed}`);
  const copy = copyBroker();
  try {
    const ids = [...new Set(drawn.map(({ id }) => id))];
    const sound = await runTests(copy, ids, cited);
    if (!sound.ok) throw new Error(`the tests fail before anything is changed:\n${sound.output.slice(-3_000)}`);
    const unseen: Mutation[] = [];
    for (const mutation of drawn) {
      const noticed = await isNoticed(mutation, copy, cited);
      if (!noticed) unseen.push(mutation);
      say(`${noticed ? 'noticed' : 'UNSEEN '} ${mutation.id.padEnd(18)} ${mutation.file}`);
    }
    say(`${drawn.length - unseen.length} of ${drawn.length} noticed`);
    if (unseen.length > drawn.length * UNSEEN_SHARE_MAX) throw new Error(`${unseen.length} mutations passed unseen`);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function draw(seed: number, count: number): Mutation[] {
  const random = seededRandom(seed);
  const left = [...MUTATIONS];
  const drawn: Mutation[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

/** Sources alone; packages are found through links of its own, so that the tests meet the copy and not the original. */
function copyBroker(): string {
  const copy = mkdtempSync(join(tmpdir(), 'rookery-mutations-'));
  for (const file of ['package.json', 'vitest.config.ts', 'tsconfig.base.json']) cpSync(inRoot(file), join(copy, file));
  const skip = /\/(dist|node_modules)(\/|$)/;
  for (const folder of ['packages', 'services/broker-runtime'])
    cpSync(inRoot(folder), join(copy, folder), { recursive: true, filter: (path) => !skip.test(path) });
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@rookery'), { recursive: true });
  for (const name of readdirSync(inRoot('node_modules')))
    if (name !== '@rookery' && name !== '.vite') symlinkSync(inRoot('node_modules', name), join(modules, name));
  for (const name of readdirSync(join(copy, 'packages'))) symlinkSync(join(copy, 'packages', name), join(modules, '@rookery', name));
  const own = inRoot('services/broker-runtime/node_modules');
  try {
    symlinkSync(own, join(copy, 'services/broker-runtime/node_modules'));
  } catch {
    // A workspace without modules of its own.
  }
  return copy;
}

async function isNoticed({ id, file, from, to }: Mutation, copy: string, cited: Map<string, Set<string>>): Promise<boolean> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const { ok } = await runTests(copy, [id], cited);
  writeFileSync(path, text);
  return !ok;
}

function runTests(copy: string, ids: readonly string[], cited: Map<string, Set<string>>) {
  const files = new Set(ids.flatMap((id) => [...(cited.get(id) ?? [])]));
  if (files.size === 0) throw new Error(`no test cites ${ids.join(', ')}`);
  const names = ids.map((id) => `\\[${id.replaceAll('.', '\\.')}\\]`).join('|');
  return runStep(join(copy, 'node_modules/.bin/vitest'), ['run', '--root', copy, ...files, '-t', names, '--bail', '1'], { cwd: copy });
}
