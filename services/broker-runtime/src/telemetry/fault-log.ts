/**
 * What clients did wrong, kept for the person who asks why a device does not work: the last few of each client, for the
 * clients that failed last. Bounded whatever clients do.
 */
import type { ClientFault } from '@rookery/contracts/questions';
import type { ClientEvent } from './journal.js';

const CLIENTS_MAX = 1_000;
const FAULTS_PER_CLIENT_MAX = 10;

export class FaultLog {
  /** Of each client the newest first; the client that failed last is the last entry. */
  private readonly byClient = new Map<string, ClientFault[]>();

  constructor(private readonly now: () => number) {}

  note({ clientId, remoteAddress, what, reasonCode }: ClientEvent): void {
    const faults = this.byClient.get(clientId) ?? [];
    this.byClient.delete(clientId);
    this.byClient.set(clientId, faults);
    faults.unshift({ at: new Date(this.now()).toISOString(), reasonCode, message: what, remoteAddress });
    if (faults.length > FAULTS_PER_CLIENT_MAX) faults.pop();
    if (this.byClient.size <= CLIENTS_MAX) return;
    const [oldest] = this.byClient.keys();
    this.byClient.delete(oldest!);
  }

  of(clientId: string): readonly ClientFault[] {
    return this.byClient.get(clientId) ?? [];
  }
}
