/** What a connection finds around it. */
import type { KernelPersistence } from '../kernel/persistence.js';
import type { AedesPacket } from '../kernel/publication.js';
import type { BrokerState } from '../kernel/state.js';
import type { TokenBucket } from '../limits/token-bucket.js';
import type { LivePolicy } from '../policy/live-policy.js';
import type { SessionWorld } from './session.js';
import type { WillDelays } from './will-delays.js';

/** What aedes sees of a connection. */
export interface KernelClient {
  id: string;
  closed: boolean;
  duplicates: object;
  close(done?: () => void): void;
}

/** The kernel, as far as sessions use it. */
export interface Kernel {
  publish(packet: AedesPacket, client: KernelClient | null, done: (error?: Error | null) => void): void;
  register(client: KernelClient): void;
  unregister(client: KernelClient): void;
  clientOf(clientId: string): KernelClient | undefined;
  readonly connectedClients: number;
}

export interface BrokerContext extends SessionWorld {
  readonly kernel: Kernel;
  readonly persistence: KernelPersistence;
  readonly state: BrokerState;
  readonly policy: LivePolicy;
  /** Messages in and out, whole deployment. */
  readonly messageRate: TokenBucket;
  readonly wills: WillDelays;
  /** Monotonic milliseconds. */
  readonly ticks: () => number;
  /** A fault or a refusal, in words, for the log. */
  note(event: { clientId: string; remoteAddress: string | null; what: string; reasonCode: number }): void;
  newClientId(): string;
}
