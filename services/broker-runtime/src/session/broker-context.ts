/** What a connection finds around it. */
import type { KernelPersistence } from '../kernel/persistence.js';
import type { Kernel, KernelClient } from '../kernel/kernel-client.js';
import type { BrokerState } from '../kernel/state.js';
import type { TokenBucket } from '../limits/token-bucket.js';
import type { LivePolicy } from '../policy/live-policy.js';
import type { ClientEvent } from '../telemetry/journal.js';
import type { SessionWorld } from './session-world.js';
import type { WillDelays } from './will-delays.js';

export interface BrokerContext extends SessionWorld {
  readonly kernel: Kernel;
  readonly persistence: KernelPersistence;
  readonly state: BrokerState;
  /** Whether other brokers serve the same deployment. */
  readonly isShared: boolean;
  readonly policy: LivePolicy;
  /** Messages in and out, whole deployment. */
  readonly messageRate: TokenBucket;
  readonly wills: WillDelays;
  /** Monotonic milliseconds. */
  readonly ticks: () => number;
  /** A fault or a refusal, in words, for the log. */
  note(event: ClientEvent): void;
  /** A message was not taken; counts the limit that stood in the way, if one did. */
  readonly onRefused: (error?: Error | null) => void;
  /** A bug, for the log. */
  readonly onError: (error: Error) => void;
  newClientId(): string;
  /** The link of a connection is gone. */
  ended(client: KernelClient): void;
  /** The kernel may go on with a message after the packet that brought it was handled, so its bytes must stay. */
  readonly asynchronous: boolean;
}
