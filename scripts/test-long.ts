/**
 * `npm run test:long -- <name> [options]`: storms, soaks and kill matrices. Each prints its figures; the last line counts.
 *   kill-matrix --seed S --rounds N   kill -9 of every process at random moments of create, stop, start and delete
 *   (storm, power-loss, fuzz and slow-reader take --edge: all clients come through an edge)
 *   storm --seed S --rounds N         kill -9 of a broker at random moments of a QoS 1 and QoS 2 storm; nothing acknowledged is lost
 *   power-loss --seed S --rounds N    the storm with power cuts: what was not synced is gone, the last write torn (needs gcc)
 *   fuzz --seed S --seconds N         mutated sessions of several clients at once against a broker, a canary after each
 *   mutations --seed S --rounds N     one-line faults, each against a statement of the standard; the tests that cite it must fail
 *   slow-reader                       one subscriber stops reading; what the others get, what memory does, what becomes of it
 *   compose                           the system by docker compose, a device connects (needs an engine and base images)
 *   docker-cell --rounds N            containers made by Terraform, the worker killed N times (needs an engine, terraform, its provider)
 *   failpoints --seed S --rounds N    worker and terraform killed at every place where it matters, N times each; --kind process|docker|aws
 *                                     (aws needs moto and its provider in a mirror), --every N takes every Nth place only
 *   restarts --seed S --rounds N      Postgres, Redis and the engine restarted in the middle of operations (needs an engine of ours)
 *   fairness --rounds N               one organization queues N creates; how long another's takes beside them
 *   sleepers --rounds N               N rows of deployments that sleep: memory of agent and edge, and how soon they are back
 *   bombs --rounds N                  fork, memory and disk bombs from inside a tenant, N times each; what a neighbour notices
 *   walls                             what code that was taken over reaches from inside a process and a container: nothing (needs root)
 *   user-data                         what Terraform renders for a machine runs in a container; it joins (needs an engine, terraform, moto)
 *   aws-cell                          a wish by GraphQL, a machine that Terraform makes on moto and that boots as a container, a device
 *                                     connects; deleted, nothing is left (needs what user-data needs)
 *   ministack                         control-plane-aws applied where tasks, database and cache run as containers: it answers, nothing is
 *                                     left (needs an engine, terraform, ministack; 5 minutes and an image, so not in the slice)
 *   pairs                             all stories with two apis and two workers behind a round robin
 *   ci                                the bounded slice that CI runs
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';
import { BIN } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    kind: { type: 'string', multiple: true },
    every: { type: 'string' },
    edge: { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;
const seed = Number(values.seed ?? 1);
const { edge } = values;
const rounds = (otherwise: number) => Number(values.rounds ?? otherwise);

const TESTS: Record<string, () => Promise<void>> = {
  'kill-matrix': async () => (await import('../e2e/long/kill-matrix.ts')).killMatrix({ seed, rounds: rounds(20), say: console.log }),
  storm: async () =>
    void (await (await import('../e2e/long/broker/broker-storm.ts')).brokerStorm({ seed, rounds: rounds(200), edge, say: console.log })),
  'power-loss': async () =>
    (await import('../e2e/long/broker/power-loss.ts')).powerLoss({ seed, rounds: rounds(200), edge, say: console.log }),
  fuzz: async () =>
    (await import('../e2e/long/broker/fuzz.ts')).fuzzBroker({ seed, seconds: Number(values.seconds ?? 30), edge, say: console.log }),
  mutations: async () => (await import('../e2e/long/mutations/run.ts')).mutations({ seed, rounds: rounds(40), say: console.log }),
  'docker-cell': async () => (await import('../e2e/long/docker-cell.ts')).dockerCell({ kills: rounds(10), say: console.log }),
  failpoints: () => failpoints(rounds(3), Number(values.every ?? 1), values.kind),
  restarts: async () => (await import('../e2e/long/restarts.ts')).restarts({ seed, rounds: rounds(8), say: console.log }),
  fairness: async () =>
    (await import('../e2e/long/fairness.ts')).fairness({ creates: rounds(200), containers: Math.min(rounds(200), 40), say: console.log }),
  sleepers: async () => (await import('../e2e/long/sleepers.ts')).sleepers({ rows: rounds(10_000), real: 200, say: console.log }),
  bombs: async () => (await import('../e2e/long/bombs/bombs.ts')).bombs({ rounds: rounds(5), say: console.log }),
  walls: async () => (await import('../e2e/long/bombs/walls.ts')).walls(),
  'slow-reader': async () =>
    (await import('../e2e/long/broker/slow-reader.ts')).slowReader({ rounds: rounds(11), judgeRate: true, edge, say: console.log }),
  pairs,
  compose: async () => (await import('../e2e/long/compose.ts')).composeStory({ say: console.log }),
  'user-data': async () => (await import('../e2e/long/user-data/user-data.ts')).userData({ say: console.log }),
  'aws-cell': async () => (await import('../e2e/long/aws-cell.ts')).awsCell({ say: console.log }),
  ministack: async () => (await import('../e2e/long/ministack/ministack.ts')).ministack({ say: console.log }),
};
/** Stories 6, 7 and 8 start systems of their own and are the same in pairs. */
async function pairs(): Promise<void> {
  const stories = ['01', '02', '03', '04', '05', '09'].map((number) => `e2e/${number}-`);
  const result = await runStep(join(BIN, 'vitest'), ['run', '--config', 'vitest.e2e.config.ts', ...stories], {
    echo: true,
    env: { ROOKERY_E2E_PAIRS: '1' },
  });
  if (!result.ok) throw new Error('a story failed with two apis and two workers');
}

async function failpoints(deaths: number, every: number, kinds?: readonly string[]): Promise<void> {
  const { KINDS } = await import('../e2e/long/failpoints/points.ts');
  const unknown = (kinds ?? []).filter((kind) => !KINDS.some((known) => known === kind));
  if (unknown.length > 0) throw new Error(`--kind ${unknown.join(', ')}: there are ${KINDS.join(', ')}`);
  const chosen = KINDS.filter((kind) => kinds === undefined || kinds.includes(kind));
  await (await import('../e2e/long/failpoints/failpoints.ts')).failpoints({ seed, rounds: deaths, every, kinds: chosen, say: console.log });
}

const SLICES: Record<string, () => Promise<void>> = {
  'kill-matrix, 2 rounds per process': async () =>
    (await import('../e2e/long/kill-matrix.ts')).killMatrix({ seed, rounds: 2, say: console.log }),
  'storm, 5 rounds': async () =>
    void (await (await import('../e2e/long/broker/broker-storm.ts')).brokerStorm({ seed, rounds: 5, say: console.log })),
  'power-loss, 5 rounds': async () => (await import('../e2e/long/broker/power-loss.ts')).powerLoss({ seed, rounds: 5, say: console.log }),
  'storm through the edge, 5 rounds': async () =>
    void (await (await import('../e2e/long/broker/broker-storm.ts')).brokerStorm({ seed, rounds: 5, edge: true, say: console.log })),
  'fuzz, 30 s': async () => (await import('../e2e/long/broker/fuzz.ts')).fuzzBroker({ seed, seconds: 30, edge: false, say: console.log }),
  'fuzz through the edge, 30 s': async () =>
    (await import('../e2e/long/broker/fuzz.ts')).fuzzBroker({ seed, seconds: 30, edge: true, say: console.log }),
  'docker-cell, 3 kills': async () => (await import('../e2e/long/docker-cell.ts')).dockerCell({ kills: 3, say: console.log }),
  'failpoints, every fourth place once': () => failpoints(1, 4, ['process', 'docker']),
  'failpoints of machines of AWS, every twelfth place once': () => failpoints(1, 12, ['aws']),
  'restarts, one of each': async () => (await import('../e2e/long/restarts.ts')).restarts({ seed, rounds: 1, say: console.log }),
  // A rate is stated by the full run, on a machine that does nothing else.
  'slow-reader, its memory and its end': async () =>
    (await import('../e2e/long/broker/slow-reader.ts')).slowReader({ rounds: 5, judgeRate: false, edge: false, say: console.log }),
  walls: TESTS.walls!,
  pairs,
  compose: TESTS.compose!,
  'user-data': TESTS['user-data']!,
  'aws-cell': TESTS['aws-cell']!,
};

const chosen = name === 'ci' ? SLICES : name in TESTS ? { [name]: TESTS[name]! } : null;
if (chosen === null) {
  console.error(`Say which: ${Object.keys(TESTS).join(', ')}, ci.`);
  process.exit(2);
}
await buildAll((line) => console.log(line));
let failed = 0;
for (const [title, test] of Object.entries(chosen)) {
  console.log(`\n== ${title}`);
  await test().catch((error: Error) => {
    failed++;
    console.error(error.stack ?? error.message);
  });
}
console.log(`\n${Object.keys(chosen).length - failed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
