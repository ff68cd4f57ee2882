/** Whose a container with our labels is. Pure; what it does not know for ours is never removed. */

export interface Labelled {
  id: string;
  /** Labels that say who made it; null where it has none. */
  installationId: string | null;
  deploymentId: string | null;
}

/** What this database knows of the deployment that the label names. */
export interface Memory {
  /** `present`: there is a row. `deleted`: an operation removed it to the end. `unknown`: neither. */
  deployment: 'present' | 'deleted' | 'unknown';
  /** Ids that the state of its stack holds; null where there is no state, or something is being done with it. */
  inState: readonly string[] | null;
}

export interface Verdict {
  reason: string;
  /** Provably ours, and nobody's any more. */
  remove: boolean;
}

/** Null: it is where it belongs. */
export function judge({ id, installationId, deploymentId }: Labelled, own: string, memory: Memory): Verdict | null {
  if (installationId === null) {
    // Made before containers named their installation: whoever holds it in a state knows it.
    return memory.inState?.includes(id) ? null : { reason: 'No label says which installation made it.', remove: false };
  }
  if (installationId !== own) return { reason: 'Another installation made it.', remove: false };
  if (deploymentId === null) return { reason: 'No label says which deployment it is.', remove: false };
  if (memory.deployment === 'deleted') return { reason: 'Its deployment was deleted.', remove: true };
  if (memory.deployment === 'unknown') return { reason: 'This installation has no deployment of that id.', remove: false };
  if (memory.inState === null || memory.inState.includes(id)) return null;
  return { reason: 'Its deployment has another container.', remove: true };
}
