/**
 * Live data: one graphql-ws socket per tab. It is closed while the tab is hidden and opened again, with every
 * subscription still wanted, when the tab is looked at; pages are then asked to load what they missed (`onResume`).
 * When the socket dies the client reconnects for ever; what is on the page stays, marked by `live-status`.
 */
import { type Client, createClient } from 'graphql-ws/client';
import type { TypedDocumentString } from '../gql/graphql';
import { reached, socketClosed, socketConnecting, socketOpened, socketPaused } from './live-status';
import { waitForLogIn } from './log-in-again';

const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 2_000;
const HIDDEN_GRACE_MS = 10_000;
const SESSION_ENDED = new Set([4401, 4403]);

interface Wanted {
  query: string;
  variables: Record<string, unknown>;
  next: (data: unknown) => void;
  stop?: () => void;
}

const wanted = new Set<Wanted>();
const resumeListeners = new Set<() => void>();
let client: Client | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
let openedBefore = false;

function socketUrl(): string {
  const url = new URL('/graphql', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function open(): void {
  if (client) return;
  socketConnecting();
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const mine = createClient({
    url: socketUrl(),
    lazy: false,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !sessionEnded(event),
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 250 * 2 ** retries) * (0.75 + Math.random() / 2))),
    keepAlive: PING_EVERY_MS,
    onNonLazyError: () => undefined,
    on: {
      connected: () => {
        socketOpened();
        if (openedBefore) for (const listener of resumeListeners) listener();
        openedBefore = true;
      },
      message: () => reached(),
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => mine.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        if (client !== mine) return;
        socketClosed();
        if (sessionEnded(event)) void reopenAfterLogIn();
      },
    },
  });
  client = mine;
  for (const one of wanted) attach(one);
}

function close(): void {
  const closing = client;
  client = undefined;
  for (const one of wanted) one.stop?.();
  void closing?.dispose();
}

function sessionEnded(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'code' in event && SESSION_ENDED.has(event.code as number);
}

async function reopenAfterLogIn(): Promise<void> {
  close();
  await waitForLogIn();
  open();
}

function attach(one: Wanted): void {
  if (!client) return;
  one.stop = client.subscribe(
    { query: one.query, variables: one.variables },
    {
      next: (result) => {
        if (result.data) one.next(result.data);
      },
      // A refused subscription is no reason to disturb a page that still has its polled data.
      error: () => undefined,
      complete: () => undefined,
    },
  );
}

export function subscribe<R, V extends Record<string, unknown>>(
  document: TypedDocumentString<R, V>,
  variables: V,
  next: (data: R) => void,
): () => void {
  const one: Wanted = { query: document.toString(), variables, next: next as (data: unknown) => void };
  wanted.add(one);
  attach(one);
  return () => {
    wanted.delete(one);
    one.stop?.();
  };
}

export function onResume(listener: () => void): () => void {
  resumeListeners.add(listener);
  return () => resumeListeners.delete(listener);
}

function visibilityChanged(): void {
  clearTimeout(hiddenTimer);
  if (document.visibilityState === 'visible') open();
  else {
    hiddenTimer = setTimeout(() => {
      close();
      socketPaused();
    }, HIDDEN_GRACE_MS);
  }
}

/** Called once by the shell, when somebody is logged in. */
export function startLive(): () => void {
  document.addEventListener('visibilitychange', visibilityChanged);
  visibilityChanged();
  return () => {
    document.removeEventListener('visibilitychange', visibilityChanged);
    clearTimeout(hiddenTimer);
    close();
  };
}
