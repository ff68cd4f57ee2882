/**
 * How a deployment sleeps and wakes, on the agent's own disk: it must be known with the control plane dead, and after a
 * crash of the agent. A record that says asleep over a runtime that lives is wrong, and the runtime right: whoever finds
 * one says so with {@link SleepRecord.foundAwake}.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { WakeCause } from '@rookery/contracts/phases';
import { type SleepReport, sleepReportSchema } from '@rookery/contracts/reports';
import { writeDurably } from '@rookery/service-kit/files';
import { z } from 'zod';

/** Back-off after wakes by which no client came in: 1 s, doubled each time. */
const BACK_OFF_MS_MIN = 1_000;
const BACK_OFF_MS_MAX = 20_000;

const recordSchema = sleepReportSchema.extend({
  /** Wakes in a row that no client was let in by. */
  futile: z.number().int().nonnegative(),
  /** ms since 1970; before it no client wakes it. */
  notBefore: z.number(),
});
type Facts = z.infer<typeof recordSchema>;

const NEVER_SLEPT: Facts = { asleepSince: null, nextWakeAt: null, wakes: 0, lastWake: null, futile: 0, notBefore: 0 };

export class SleepRecord {
  private facts: Facts;

  constructor(
    private readonly file: string,
    private readonly now: () => number = Date.now,
  ) {
    this.facts = read(file) ?? NEVER_SLEPT;
  }

  get isAsleep(): boolean {
    return this.facts.asleepSince !== null;
  }

  /** When it must be woken for something that is due, ms since 1970. */
  get nextWakeAt(): number | null {
    return this.facts.nextWakeAt === null ? null : Date.parse(this.facts.nextWakeAt);
  }

  /** How long clients have to wait until they may wake it. */
  get backOffMs(): number {
    return Math.max(0, this.facts.notBefore - this.now());
  }

  /** Null: it has never slept. */
  get report(): SleepReport | null {
    const { asleepSince, nextWakeAt, wakes, lastWake } = this.facts;
    return asleepSince === null && wakes === 0 ? null : { asleepSince, nextWakeAt, wakes, lastWake };
  }

  /** `futile`: a client woke it and none was let in. */
  fellAsleep(nextWakeAt: string | null, futile: boolean): void {
    const now = this.now();
    const row = futile ? this.facts.futile + 1 : 0;
    const backOffMs = row === 0 ? 0 : Math.min(BACK_OFF_MS_MIN * 2 ** (row - 1), BACK_OFF_MS_MAX);
    this.save({ ...this.facts, asleepSince: new Date(now).toISOString(), nextWakeAt, futile: row, notBefore: now + backOffMs });
  }

  woke(cause: WakeCause, askedAt: number): void {
    const lastWake = { cause, at: new Date(askedAt).toISOString(), ms: Math.max(0, this.now() - askedAt) };
    this.save({ ...this.facts, asleepSince: null, nextWakeAt: null, wakes: this.facts.wakes + 1, lastWake });
  }

  /** It is awake, or stopped for good, and no wake of ours made it so. */
  foundAwake(): void {
    if (this.isAsleep) this.save({ ...this.facts, asleepSince: null, nextWakeAt: null });
  }

  private save(facts: Facts): void {
    this.facts = facts;
    writeDurably(this.file, JSON.stringify(facts));
  }
}

/** What cannot be read was never whole: then the deployment is as one that has never slept, and starts. */
function read(file: string): Facts | null {
  if (!existsSync(file)) return null;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
