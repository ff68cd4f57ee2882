import { QueryClient } from '@tanstack/react-query';
import { asApiError, isNetworkError } from './api-error';

const RETRIES_MAX = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      // Only what may pass by itself is tried again; a refusal stays a refusal.
      retry: (failures, error) => failures < RETRIES_MAX && (isNetworkError(error) || asApiError(error).code === 'RATE_LIMITED'),
      retryDelay: (failures) => Math.min(8_000, 500 * 2 ** failures),
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});
