/**
 * Sleep, from the inside. The agent asks whether this runtime may rest; only the runtime knows who is at its door. Its
 * socket is taken out of the way first, and whoever had reached it before is let in: then nobody can be lost between the
 * answer and the end. A resting runtime whose agent dies, or forgets it, puts its door back.
 */
import { renameSync, rmSync } from 'node:fs';
import type { AdminMessage } from '@rookery/contracts/runtime-protocol';

type Answer = Extract<AdminMessage, { type: 'rest' }>;

/** What a runtime knows of itself. */
export interface Household {
  /** Clients that are in. */
  clients(): number;
  /** Links that are open, also those of which nothing is known yet. */
  connections(): number;
  /** Clients that were let in since the start. */
  accepted(): number;
  /** Since when no client that was let in is here, ms since 1970. */
  idleSince(): number;
  /** When something falls due of which others would notice, ms since 1970; null: nothing. */
  nextDueAt(): number | null;
  /** Whether the end of this process would lose something. */
  keepsInMemory(): boolean;
  now(): number;
}

const REST_MS_MAX = 15_000;
/** Whoever the kernel had let in before the door was gone is accepted in this many turns. */
const TURNS = 3;
/** How long a link that has not said who it is may keep a runtime from its rest. */
const SETTLE_MS = 1_000;
const LOOK_MS = 20;

export class Rest {
  private timer: NodeJS.Timeout | null = null;
  private resting = false;

  constructor(
    private readonly household: Household,
    /** The unix socket that clients come by; null: they come another way, and it never rests. */
    private readonly door: string | null,
  ) {}

  async ask(idleMs: number, quietMs: number): Promise<Answer> {
    if (this.door === null || this.resting || !this.mayRest(idleMs, quietMs)) return this.answer(false);
    renameSync(this.door, away(this.door));
    this.resting = true;
    await this.settle();
    // Its agent may have died meanwhile.
    if (!this.resting || !this.mayRest(idleMs, quietMs)) {
      this.end();
      return this.answer(false);
    }
    this.timer = setTimeout(() => this.end(), REST_MS_MAX).unref();
    return this.answer(true);
  }

  /** The process ends: nothing is put back. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.resting) rmSync(away(this.door!), { force: true });
    this.resting = false;
  }

  /** Puts the door back. */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.resting) return;
    this.resting = false;
    renameSync(away(this.door!), this.door!);
  }

  /** Lets those in who had reached the door, and waits for those who are logging in. A stranger that goes on saying nothing is cut. */
  private async settle(): Promise<void> {
    const { household } = this;
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    const deadline = household.now() + SETTLE_MS;
    while (household.connections() > household.clients() && household.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  private mayRest(idleMs: number, quietMs: number): boolean {
    const { household } = this;
    const dueAt = household.nextDueAt();
    return (
      household.clients() === 0 &&
      !household.keepsInMemory() &&
      this.idleMs() >= idleMs &&
      (dueAt === null || dueAt - household.now() >= quietMs)
    );
  }

  private idleMs(): number {
    const { household } = this;
    return household.clients() > 0 ? 0 : Math.max(0, household.now() - household.idleSince());
  }

  private answer(granted: boolean): Answer {
    const { household } = this;
    const dueAt = household.nextDueAt();
    return {
      type: 'rest',
      granted,
      idleMs: this.idleMs(),
      accepted: household.accepted(),
      nextWakeAt: dueAt === null ? null : new Date(dueAt).toISOString(),
    };
  }
}

function away(door: string): string {
  return `${door}.away`;
}
