import { useSyncExternalStore } from 'react';

/**
 * Passwords made or pasted in this tab, so that the commands of the connect page are complete. Held in memory only:
 * never in the URL, in storage or in the query cache; a reload forgets them.
 */
let secrets: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();

export function rememberSecret(credentialId: string, secret: string): void {
  secrets = new Map(secrets).set(credentialId, secret);
  for (const listener of listeners) listener();
}

export function useSecret(credentialId: string | undefined): string | undefined {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => secrets,
  );
  return credentialId === undefined ? undefined : all.get(credentialId);
}
