/**
 * Wills whose connection has ended, and sessions without connection: when each is due (MQTT 5.0 §3.1.2.5, §3.1.3.2.2).
 * A session that ends has its will published first, whatever the delay [MQTT-3.1.3-9].
 */
import type { KernelPersistence } from '../kernel/persistence.js';
import type { BrokerState } from '../kernel/state.js';
import type { StoredWill } from '../kernel/wills.js';
import type { Kernel } from '../kernel/kernel-client.js';
import type { Session } from './session.js';

/** Longest delay of a timer; longer ones are set again. */
const TIMER_MS_MAX = 2 ** 31 - 1;
const NEVER_SECONDS = 0xffffffff;

export interface WillWorld {
  readonly state: BrokerState;
  readonly persistence: KernelPersistence;
  readonly kernel: Kernel;
  now(): number;
  mayPublishWill(clientId: string, topic: string): boolean;
  /** Tells the store that a will became due at a time of its own. */
  willSaved(will: StoredWill): void;
}

export class WillDelays {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly world: WillWorld) {}

  /** A connection ended in a way that calls for the will; publishes it now or when its delay has passed. */
  release(clientId: string): void {
    const will = this.world.state.wills.get(clientId);
    if (will === undefined) return;
    if (will.delaySeconds === 0) return this.publish(will);
    will.dueAt = this.world.now() + will.delaySeconds * 1000;
    this.world.willSaved(will);
  }

  /** Plans the end of a session that has no connection, and its delayed will, whichever comes first. */
  plan(session: Session): void {
    this.cancel(session.clientId);
    const now = this.world.now();
    const endsAt = endOf(session);
    const will = this.world.state.wills.get(session.clientId);
    const next = Math.min(endsAt, will?.dueAt || Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => this.due(session), Math.min(Math.max(0, next - now), TIMER_MS_MAX));
    this.timers.set(session.clientId, timer.unref());
  }

  /** When the next will is due, ms since 1970: what others would notice. An end of a session without a will is noticed by nobody. */
  nextDueAt(): number | null {
    const { wills, sessions } = this.world.state;
    let next: number | null = null;
    for (const will of wills.values()) {
      if (will.dueAt === 0) continue;
      const session = sessions.get(will.clientId);
      const dueAt = session === undefined ? will.dueAt : Math.min(will.dueAt, endOf(session));
      if (next === null || dueAt < next) next = dueAt;
    }
    return next;
  }

  /** The client is back: nothing is due any more [MQTT-3.1.3-9]. */
  cancel(clientId: string): void {
    clearTimeout(this.timers.get(clientId));
    this.timers.delete(clientId);
  }

  /** Ends a session; its will, if one waits, goes out first. */
  end(session: Session): void {
    this.cancel(session.clientId);
    const will = this.world.state.wills.get(session.clientId);
    if (will !== undefined && will.dueAt > 0) this.publish(will);
    this.world.state.end(session);
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private due(session: Session): void {
    this.timers.delete(session.clientId);
    if (session.sink !== null || this.world.state.sessions.get(session.clientId) !== session) return;
    const now = this.world.now();
    if (endOf(session) <= now) return this.end(session);
    const will = this.world.state.wills.get(session.clientId);
    if (will !== undefined && will.dueAt > 0 && will.dueAt <= now) this.publish(will);
    this.plan(session);
  }

  /** A will is a publish like any other: the rules that hold now decide, not those of its CONNECT. */
  private publish(will: StoredWill): void {
    void this.world.persistence.delWill({ id: will.clientId });
    if (!this.world.mayPublishWill(will.clientId, will.packet.topic)) return;
    this.world.kernel.publish(will.packet, null, () => {});
  }
}

function endOf({ expirySeconds, disconnectedAt }: Session): number {
  return expirySeconds === NEVER_SECONDS ? Number.POSITIVE_INFINITY : disconnectedAt + expirySeconds * 1000;
}
