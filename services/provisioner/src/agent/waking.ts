/** A deployment that sleeps is waited for. */
import type { WakeCause } from '@rookery/contracts/phases';

/** The answer to a wish to wake it; `retryMs` null: there is no use in asking again. */
export interface Woken {
  ok: boolean;
  retryMs: number | null;
}

export interface Waking {
  cause: WakeCause;
  askedAt: number;
  done: Promise<Woken>;
  settle(woken: Woken): void;
}

export function waking(cause: WakeCause): Waking {
  const { promise: done, resolve: settle } = Promise.withResolvers<Woken>();
  return { cause, askedAt: Date.now(), done, settle };
}
