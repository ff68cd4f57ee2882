/**
 * What was in hand when a connection broke is looked at again as soon as the database answers. The queue alone would wait
 * for the locks of its jobs to run out (15 s), and the next scheduled resync may be among those jobs.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a claim may be without its lock, so that a claim that was cut off counts as abandoned. */
const PAUSE_MS = 300;

export class AfterOutage {
  private readonly recover: () => Promise<void>;
  private recovering = false;
  private readonly stopped = new AbortController();

  constructor(recover: () => Promise<void>) {
    this.recover = recover;
  }

  /** A connection broke, or may have. Many breaks in a row are one outage. */
  noteBreak(): void {
    if (this.recovering || this.stopped.signal.aborted) return;
    this.recovering = true;
    void this.untilRecovered().finally(() => {
      this.recovering = false;
    });
  }

  close(): void {
    this.stopped.abort();
  }

  private async untilRecovered(): Promise<void> {
    for (;;) {
      try {
        await sleep(PAUSE_MS, undefined, { signal: this.stopped.signal });
      } catch {
        return;
      }
      // A failure is the outage itself, which its own connections log.
      if (
        await this.recover().then(
          () => true,
          () => false,
        )
      )
        return;
    }
  }
}
