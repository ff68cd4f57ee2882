/** How a process that its machine reports differs from what is wanted. Pure. */
import type { Drift } from '@rookery/contracts/drift';
import type { DesiredState, RuntimeState } from '@rookery/contracts/phases';

/** A machine that works at it says so again and again; one that is as it was after this long will not change by itself. */
const SETTLED_MS = 60_000;

export interface Seen {
  wanted: { state: DesiredState; generation: number };
  /** When its machine was told. */
  toldAt: Date;
  /** What the machine said last; null: nothing ever. */
  reported: { state: RuntimeState; generation: number; at: Date } | null;
}

const GOALS: Record<DesiredState, readonly RuntimeState[]> = {
  RUNNING: ['RUNNING', 'ASLEEP'],
  STOPPED: ['STOPPED'],
  DELETED: ['DELETED'],
};

/** Null: it is as wanted, or somebody is about to make it so. */
export function processDrift({ wanted, toldAt, reported }: Seen, now: Date): Drift | null {
  const age = (date: Date) => now.getTime() - date.getTime();
  if (age(toldAt) < SETTLED_MS) return null;
  if (reported === null) return wanted.state === 'RUNNING' ? { kind: 'MISSING', attributes: [] } : null;
  if (age(reported.at) < SETTLED_MS) return null;
  if (reported.generation !== wanted.generation) return { kind: 'CHANGED', attributes: ['generation'] };
  // The agent starts what died, and says what it cannot start: that is trouble, not drift.
  if (GOALS[wanted.state].includes(reported.state) || ['EXITED', 'FAILED', 'STARTING', 'STOPPING'].includes(reported.state)) return null;
  return wanted.state === 'RUNNING' ? { kind: 'MISSING', attributes: [] } : { kind: 'CHANGED', attributes: ['state'] };
}
