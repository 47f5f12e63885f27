import { QueryClient } from '@tanstack/react-query';
import { HttpClientError } from '../http_client_error.ts';

/** Time in milliseconds for which a response is used without a new request. */
const STALE_TIME_MS = 10_000;
/** Maximum attempts after the first one, while the server may recover. */
const MAX_RETRIES = 2;

/**
 * Returns `true` if a request is worth another attempt. A request that the server refused would be
 * refused again.
 */
export function shouldRetry(failures: number, error: unknown): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof HttpClientError)) return false;
  return error.code === 'server_unreachable' || (error.status ?? 0) >= 500;
}

/** Creates the cache of server state. Queries run again when the window gets the focus. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_TIME_MS,
        retry: shouldRetry,
        // Browsers guess wrongly whether there is a network when the server runs on the same
        // machine.
        networkMode: 'always',
      },
      // Mutations are not kept: they contain what was sent and received, such as passwords and API
      // keys.
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
}
