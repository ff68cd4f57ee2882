/**
 * Power cuts. The storm again (broker-storm.ts), but each death is a power cut: of what the broker has written, only what it had
 * synced is sure to be there, and the write it was in is torn. Before that, a control run in which syncing does nothing:
 * it must lose acknowledged messages, or this test would notice nothing.
 */
import { seededRandom } from '../random.ts';
import { brokerStorm, type StormOptions, storm } from './broker-storm.ts';
import { PowerCut } from './power-cut.ts';
import { relaxedWindow } from './relaxed-window.ts';

const CONTROL_ROUNDS = 3;

export async function powerLoss(options: Pick<StormOptions, 'seed' | 'rounds' | 'edge' | 'say'>): Promise<void> {
  const { seed, say } = options;
  const control = await cutting(seed, false, (hooks) => storm({ ...options, ...hooks, rounds: CONTROL_ROUNDS, untilFault: true }));
  if (control.lost === 0) throw new Error(`seed ${seed}: without syncing, nothing was lost: this test cannot see anything`);
  say(
    `control without sync: ${control.lost} of ${control.acknowledged} acknowledged messages lost in ${control.rounds} rounds, as it must be`,
  );
  await cutting(seed, true, (hooks, cut) =>
    brokerStorm({ ...options, ...hooks }).finally(() => say(`writes at the cuts: ${cut.torn} torn`)),
  );
  await relaxed(seed, Math.max(2, Math.ceil(options.rounds / 10)), say);
}

async function relaxed(seed: number, rounds: number, say: StormOptions['say']): Promise<void> {
  const cut = new PowerCut(seededRandom(seed + 2), true);
  try {
    const { acknowledged, lostInWindow, oldestLostMs } = await relaxedWindow(cut, seededRandom(seed), rounds);
    say(
      `relaxed: ${rounds} cuts, ${acknowledged} acknowledged, ${lostInWindow} lost within the window, the oldest ` +
        `${oldestLostMs} ms before its cut; ${cut.torn} writes torn or kept, ${cut.dropped} taken away`,
    );
  } finally {
    cut.remove();
  }
}

async function cutting<T>(
  seed: number,
  syncs: boolean,
  run: (hooks: Pick<StormOptions, 'envFor' | 'afterDeath'>, cut: PowerCut) => Promise<T>,
): Promise<T> {
  const cut = new PowerCut(seededRandom(seed + 1), syncs);
  try {
    return await run({ envFor: (folder) => cut.envFor(folder), afterDeath: (folder) => cut.cut(folder) }, cut);
  } finally {
    cut.remove();
  }
}
