import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isNetworkError } from '../api/api-error';
import { Fault } from './fault';
import { Page } from './page';

const RETRY_AFTER_MS = 3_000;

/** A page that could not be shown at all: the api was away when it was opened, or the page itself is at fault. */
export function CrashPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  const away = isNetworkError(error);
  useEffect(() => {
    if (!away) return undefined;
    const timer = setInterval(() => void router.invalidate(), RETRY_AFTER_MS);
    return () => clearInterval(timer);
  }, [away, router]);
  return (
    <Page title={away ? 'Waiting for the api' : 'This page failed'}>
      <Fault
        title={away ? 'The api cannot be reached' : 'The page could not be shown'}
        error={error}
        onRetry={() => void router.invalidate()}
      />
    </Page>
  );
}
