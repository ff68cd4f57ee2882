/** Asks the machine's agent to wake deployments: once for each, however many clients wait, and again when the agent is back. */
import type { EdgeMessage, EdgeRequest } from '@rookery/contracts/edge-protocol';

export type Woken = Pick<Extract<EdgeRequest, { type: 'woken' }>, 'ok' | 'retryMs'>;

interface Asked {
  answer: Promise<Woken>;
  settle(woken: Woken): void;
}

export class Waker {
  private readonly asked = new Map<string, Asked>();

  /** `tell` reaches every agent that is connected; there may be none. */
  constructor(private readonly tell: (message: EdgeMessage) => void) {}

  /** Stays open while there is no agent: whoever waits has a deadline of his own. */
  wake(deploymentId: string): Promise<Woken> {
    const before = this.asked.get(deploymentId);
    if (before !== undefined) return before.answer;
    const { promise, resolve } = Promise.withResolvers<Woken>();
    this.asked.set(deploymentId, { answer: promise, settle: resolve });
    this.tell({ type: 'wake', deploymentId });
    return promise;
  }

  answered({ deploymentId, ok, retryMs }: Extract<EdgeRequest, { type: 'woken' }>): void {
    const asked = this.asked.get(deploymentId);
    this.asked.delete(deploymentId);
    asked?.settle({ ok, retryMs });
  }

  /** What an agent that has just come does not know yet. */
  open(): EdgeMessage[] {
    return [...this.asked.keys()].map((deploymentId) => ({ type: 'wake', deploymentId }));
  }

  /** Nobody waits for it any more. */
  forget(deploymentId: string): void {
    this.asked.delete(deploymentId);
  }
}
