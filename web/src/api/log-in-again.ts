/**
 * An expired log-in session never loses what is on the page. The first request that is refused opens the log-in dialog
 * (features/session/log-in-again-dialog), every refused request waits here, and all are sent once more after log-in.
 */
type Listener = (open: boolean) => void;

let waiting: { promise: Promise<void>; resolve: () => void } | undefined;
const listeners = new Set<Listener>();

export function waitForLogIn(): Promise<void> {
  if (!waiting) {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting = { promise, resolve };
    for (const listener of listeners) listener(true);
  }
  return waiting.promise;
}

export function loggedInAgain(): void {
  waiting?.resolve();
  waiting = undefined;
  for (const listener of listeners) listener(false);
}

export function isWaitingForLogIn(): boolean {
  return waiting !== undefined;
}

export function onLogInNeeded(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
