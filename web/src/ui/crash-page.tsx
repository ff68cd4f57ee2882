import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError, isNetworkError, NETWORK } from '../api/api-error';
import { useLiveStatus } from '../api/live-status';
import { Fault } from './fault';
import { Page } from './page';

const RETRY_AFTER_MS = 3_000;
/** What browsers say when a part of the console cannot be fetched: the api is away, or a new version has replaced it. */
const PART_MISSING = /dynamically imported module|preload CSS|importing a module script/i;

/** A page that could not be shown at all: the api was away when it was opened, or the page itself is at fault. */
export function CrashPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  const partMissing = error instanceof Error && PART_MISSING.test(error.message);
  const away = partMissing || isNetworkError(error);
  const { state } = useLiveStatus();

  useEffect(() => {
    if (!away) return undefined;
    // The browser remembers a part that failed: only a new page asks for it again, and that makes sense once the api is back.
    const again = () => (partMissing ? state === 'live' && window.location.reload() : void router.invalidate());
    const timer = setInterval(again, RETRY_AFTER_MS);
    return () => clearInterval(timer);
  }, [away, partMissing, state, router]);

  return (
    <Page title={away ? 'Waiting for the api' : 'This page failed'}>
      <Fault
        title={away ? 'The api cannot be reached' : 'The page could not be shown'}
        error={partMissing ? new ApiError(NETWORK, 'This page has not been loaded yet. It opens by itself.') : error}
        onRetry={() => (partMissing ? window.location.reload() : void router.invalidate())}
      />
    </Page>
  );
}
