import type { QueryFunctionContext } from '@tanstack/react-query';

/**
 * Tells if the request of a query only refreshes a response that the page has already, for example
 * because the page polls. The user has not caused such a request; send it as a system request.
 */
export function isRefetch({
  client,
  queryKey,
}: Pick<QueryFunctionContext, 'client' | 'queryKey'>): boolean {
  return client.getQueryState(queryKey)?.data !== undefined;
}
