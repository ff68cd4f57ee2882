/** The two sides of the seam with aedes: what it sees of a connection, and what connections use of it. */
import type { AedesPacket } from './publication.js';

export interface KernelClient {
  id: string;
  closed: boolean;
  readonly duplicates: object;
  close(done?: () => void): void;
}

export interface Kernel {
  publish(packet: AedesPacket, client: KernelClient | null, done: (error?: Error | null) => void): void;
  register(client: KernelClient): void;
  unregister(client: KernelClient): void;
  clientOf(clientId: string): KernelClient | undefined;
  readonly connectedClients: number;
  /** Whether others than we look at packets, and may keep them: hooks of an operator, listeners of aedes' `publish`. */
  readonly hasOnlookers: boolean;
}
