/** Hands the database's notifications to whoever waits for them in this process. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { listenForNotifications, type Notification, type NotificationListener } from '@rookery/db/notifications';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';

/** `null`: some may have been missed; look for yourself. */
export type Listener = (notification: Notification | null) => void;

@Injectable()
export class NotificationHub implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private connection: NotificationListener | null = null;
  private ending = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.connection = await listenForNotifications(this.config.API_DATABASE_URL, {
      onNotification: (notification) => this.tell(notification),
      onGap: () => this.tell(null),
      onError: (error) => this.log.warn({ err: error }, 'the notification connection broke'),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection?.close();
  }

  get isListening(): boolean {
    return this.connection?.isListening() ?? false;
  }

  /** The api stops: nobody is kept waiting any more. */
  endWaits(): void {
    this.ending = true;
    this.tell(null);
  }

  get isEnding(): boolean {
    return this.ending;
  }

  /** Returns the function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves at the next notification about one thing, at the next gap, or after `timeoutMs`. */
  nextOf(subject: Notification['subject'], id: string, timeoutMs: number): { done: Promise<void>; cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.ending ? 0 : Math.max(0, timeoutMs));
    const stop = this.listen((notification) => {
      if (notification === null || (notification.subject === subject && notification.id === id)) resolve();
    });
    const cancel = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    return { done: promise.then(cancel), cancel };
  }

  private tell(notification: Notification | null): void {
    for (const listener of this.listeners) listener(notification);
  }
}
