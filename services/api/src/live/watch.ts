/** What a subscription waits on: the ids that changed, in bunches, for as long as its viewer may see them. */
import type { Notification } from '@rookery/db/notifications';
import { AppError } from '@rookery/service-kit/errors';
import type { NotificationHub } from './notification-hub.js';

/** What a viewer may no longer see stops within this time. */
const REAUTHORISE_MS = 30_000;

export interface WatchOptions {
  wants(notification: Notification): boolean;
  stillAllowed(): Promise<boolean>;
}

/** Listens from its making on, so that what changes between a look at the present and the first {@link next} is not missed. */
export class Watch {
  private readonly changed = new Set<string>();
  private gap = false;
  private wake: () => void = () => undefined;
  private checkAt: number;
  readonly stop: () => void;

  constructor(
    hub: NotificationHub,
    private readonly options: WatchOptions,
    private readonly reauthoriseMs = REAUTHORISE_MS,
  ) {
    this.checkAt = Date.now() + reauthoriseMs;
    this.stop = hub.listen((notification) => {
      if (notification === null) this.gap = true;
      else if (options.wants(notification)) this.changed.add(notification.id);
      else return;
      this.wake();
    });
  }

  /** The ids that changed since the last time; none after a gap in the notifications. Throws once the viewer may not see them any more. */
  async next(): Promise<string[]> {
    for (;;) {
      if (Date.now() >= this.checkAt) {
        if (!(await this.options.stillAllowed())) throw new AppError('UNAUTHENTICATED');
        this.checkAt = Date.now() + this.reauthoriseMs;
      }
      if (this.changed.size > 0 || this.gap) {
        const ids = [...this.changed];
        this.changed.clear();
        this.gap = false;
        return ids;
      }
      await this.wakeOrCheck();
    }
  }

  private wakeOrCheck(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, this.checkAt - Date.now());
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
