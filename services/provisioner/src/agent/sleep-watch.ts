/**
 * When a deployment that runs may sleep, and when one that sleeps must wake. Only its runtime knows who is there, so it is
 * asked; this keeps the clocks, and what a wake was good for.
 */
import type { WakeCause } from '@rookery/contracts/phases';
import type { Rest, RuntimeLink } from './runtime-link.js';
import type { SleepRecord } from './sleep-record.js';

/** How long a runtime that was woken waits for somebody whom it lets in, at most. */
const UNUSED_MS = 3_000;
/** Nobody goes to sleep to wake at once. */
const QUIET_MS = 5_000;
/** A start is this long before something is due. */
const LEAD_MS = 500;
const ANSWER_MS = 5_000;
const ASK_AGAIN_MS_MIN = 500;
const ASK_AGAIN_MS_MAX = 30_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Events {
  /** It is time to ask. */
  restDue(): void;
  /** Something is due while it sleeps. */
  wakeDue(): void;
}

export class SleepWatch {
  private timer: NodeJS.Timeout | null = null;
  private sleepMs: number | null = null;
  private isDue = false;
  /** What started the present process; null: no wake did. */
  private wokenBy: WakeCause | null = null;

  constructor(
    readonly record: SleepRecord,
    private readonly events: Events,
  ) {}

  /** It is awake and takes clients; to be called again whenever its setting may have changed. */
  awake(sleepAfterSeconds: number | null): void {
    const sleepMs = sleepAfterSeconds === null ? null : sleepAfterSeconds * 1_000;
    if (sleepMs === this.sleepMs && (this.timer !== null || this.isDue)) return;
    this.sleepMs = sleepMs;
    this.stop();
    // It knows how long it has been idle, also when an earlier agent started it.
    if (sleepMs !== null) this.askIn(Math.min(sleepMs, UNUSED_MS));
  }

  woke(cause: WakeCause, askedAt: number): void {
    this.wokenBy = cause;
    this.record.woke(cause, askedAt);
  }

  /** Asks the runtime if it is time to; resolves to its consent, or null. */
  async rest(link: RuntimeLink): Promise<Rest | null> {
    const { sleepMs } = this;
    if (!this.isDue || sleepMs === null) return null;
    this.isDue = false;
    let answer = await link.rest(sleepMs, QUIET_MS, ANSWER_MS);
    const unused = this.wokenBy !== null && answer?.accepted === 0;
    const neededMs = unused ? Math.min(sleepMs, UNUSED_MS) : sleepMs;
    // Somebody let in and gone again between the two questions would have set its clock back.
    if (answer?.granted === false && neededMs < sleepMs && answer.idleMs >= neededMs)
      answer = await link.rest(neededMs, QUIET_MS, ANSWER_MS);
    if (answer?.granted) return answer;
    this.askIn(answer === null ? ANSWER_MS : againIn(answer, neededMs));
    return null;
  }

  fellAsleep({ nextWakeAt, accepted }: Rest): void {
    this.record.fellAsleep(nextWakeAt, this.wokenBy === 'client' && accepted === 0);
    this.wokenBy = null;
  }

  /** It sleeps: sets the clock for what is due. */
  asleep(): void {
    const { nextWakeAt } = this.record;
    this.stop();
    if (nextWakeAt === null) return;
    const ms = Math.max(ASK_AGAIN_MS_MIN, nextWakeAt - LEAD_MS - Date.now());
    this.timer = setTimeout(
      () => {
        this.timer = null;
        if (ms > TIMER_MS_MAX) this.asleep();
        else this.events.wakeDue();
      },
      Math.min(ms, TIMER_MS_MAX),
    ).unref();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.isDue = false;
  }

  private askIn(ms: number): void {
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.isDue = true;
        this.events.restDue();
      },
      Math.min(ms, TIMER_MS_MAX),
    ).unref();
  }
}

/** When it may have changed its mind. */
function againIn({ idleMs, nextWakeAt }: Rest, neededMs: number): number {
  if (idleMs < neededMs) return Math.max(ASK_AGAIN_MS_MIN, neededMs - idleMs);
  if (nextWakeAt !== null) return Math.max(ASK_AGAIN_MS_MIN, Date.parse(nextWakeAt) - Date.now() + ASK_AGAIN_MS_MIN);
  return ASK_AGAIN_MS_MAX;
}
