import { QueryClient } from '@tanstack/react-query';
import { HttpClientError } from '../http_client_error.ts';

/** Time in milliseconds for which a response is used without a new request. */
const STALE_TIME_MS = 10_000;
/** Attempts after the first, when the server may recover. */
const MAX_RETRIES = 2;

/** Tells if a request is worth another attempt. A refused one would be refused again. */
export function shouldRetry(failures: number, error: unknown): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof HttpClientError)) return false;
  return error.code === 'server_unreachable' || (error.status ?? 0) >= 500;
}

/** Creates the cache of server state. Responses are read again when the window gets the focus. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_TIME_MS,
        retry: shouldRetry,
        // The browser's guess whether there is a network is wrong for servers on the same machine.
        networkMode: 'always',
      },
      // Mutations hold what was sent and received, passwords and API keys among it.
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
}
