import { useSyncExternalStore } from 'react';

/**
 * What the live indicator shows. `live`: the socket is open. `reconnecting`: it was lost a moment ago. `stale`: nothing
 * has been heard for 5 seconds, so what is on the page is as of `heardAt`. `paused`: the tab is hidden.
 */
export interface LiveStatus {
  state: 'connecting' | 'live' | 'reconnecting' | 'stale' | 'paused';
  heardAt: number;
}

const STALE_AFTER_MS = 4_500;

let status: LiveStatus = { state: 'connecting', heardAt: Date.now() };
let staleTimer: ReturnType<typeof setTimeout> | undefined;
let socketIsOpen = false;
const listeners = new Set<() => void>();

function set(next: LiveStatus): void {
  status = next;
  for (const listener of listeners) listener();
}

/** Anything was heard from the api. Nobody is told while nothing changes: it happens many times a second. */
export function reached(): void {
  status.heardAt = Date.now();
  if (socketIsOpen && status.state !== 'live') socketOpened();
}

export function socketOpened(): void {
  clearTimeout(staleTimer);
  staleTimer = undefined;
  socketIsOpen = true;
  set({ state: 'live', heardAt: Date.now() });
}

export function socketClosed(): void {
  socketIsOpen = false;
  unreachable();
}

/** The socket closed, or a request got no answer. */
export function unreachable(): void {
  if (status.state === 'stale' || status.state === 'paused' || staleTimer) return;
  const { heardAt } = status;
  set({ state: status.state === 'connecting' ? 'connecting' : 'reconnecting', heardAt });
  staleTimer = setTimeout(
    () => {
      staleTimer = undefined;
      set({ state: 'stale', heardAt: status.heardAt });
    },
    Math.max(500, STALE_AFTER_MS - (Date.now() - heardAt)),
  );
}

export function socketPaused(): void {
  clearTimeout(staleTimer);
  staleTimer = undefined;
  socketIsOpen = false;
  set({ state: 'paused', heardAt: status.heardAt });
}

export function socketConnecting(): void {
  if (status.state === 'paused') set({ state: 'connecting', heardAt: status.heardAt });
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => status,
  );
}
