/** What all sessions share. */
import type { FanOut } from '../kernel/fan-out.js';
import type { Routing } from '../kernel/routing.js';
import type { QueueRules } from '../policy/queue-rules.js';
import type { Store } from '../store/store.js';
import type { Counters } from '../telemetry/counters.js';
import type { Outlet } from './outlet.js';
import type { StoredMessages } from './stored-messages.js';

export interface SessionWorld {
  readonly store: Store;
  readonly routing: Routing;
  readonly outlet: Outlet;
  readonly fanOut: FanOut;
  readonly counters: Counters;
  /** Every message that the store holds. */
  readonly messages: StoredMessages;
  readonly queueRules: QueueRules;
  now(): number;
}
