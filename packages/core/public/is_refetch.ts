import type { QueryFunctionContext } from '@tanstack/react-query';

/**
 * Returns `true` if a query repeats its request, for example because the page polls. The user has
 * not caused such a request; send it as a system request. A query without data that has failed
 * before repeats its request, too: polling continues after errors, and must not keep the session
 * alive. A retry by button is not told apart: a user who works with the page also causes other
 * requests.
 */
export function isRefetch({
  client,
  queryKey,
}: Pick<QueryFunctionContext, 'client' | 'queryKey'>): boolean {
  const state = client.getQueryState(queryKey);
  return state !== undefined && (state.data !== undefined || state.errorUpdateCount > 0);
}
