import {
  findGrants,
  type getRevocationJob,
  listRevocationJobs,
  type revocationScope,
  startRevocationJob,
} from '@latchkey/actions-plugin/common';
import { type HttpClient, isRefetch, type ResponseBody } from '@latchkey/core/public';
import { queryOptions, skipToken } from '@tanstack/react-query';
import type { z } from 'zod';
import type { GrantFilter } from './grant_filter.ts';

/** Keys of the queries about authorizations of other users. */
export const grantKeys = {
  all: ['connectorsUi', 'grants'] as const,
  lists: () => [...grantKeys.all, 'found'] as const,
  found: (filter: GrantFilter) => [...grantKeys.lists(), filter] as const,
  jobs: () => [...grantKeys.all, 'jobs'] as const,
  count: (scope: RevocationScope | undefined) => [...grantKeys.all, 'count', scope] as const,
};

/** One page of authorizations. */
export type FoundGrants = ResponseBody<typeof findGrants>;
/** Selects the authorizations that a revocation job ends. */
export type RevocationScope = z.input<typeof revocationScope>;
/** A revocation job with its progress. */
export type RevocationJob = ResponseBody<typeof getRevocationJob>;

/** Milliseconds between two requests while a job is working. */
const POLL_WORKING_MS = 1500;
/** Milliseconds between two requests while a provider has not responded to all revocations. */
const POLL_UNSETTLED_MS = 5000;
/** Number of jobs in the list. */
const SHOWN_JOBS = 10;

/** Returns `true` if a job still changes, so that the page reads it again. */
export const isWorking = ({ state, is_settled: isSettled }: RevocationJob): boolean =>
  state === 'prepared' || state === 'running' || (state === 'completed' && !isSettled);

/** Milliseconds until the list of jobs is requested again. `false`: no job changes any more. */
export function pollInterval(jobs: readonly RevocationJob[] = []): number | false {
  if (jobs.some(({ state }) => state === 'prepared' || state === 'running')) return POLL_WORKING_MS;
  return jobs.some(isWorking) ? POLL_UNSETTLED_MS : false;
}

/**
 * Milliseconds until a page of authorizations is requested again. `false`: no provider is about to
 * revoke one of them.
 */
export const pagePollInterval = (page: FoundGrants | undefined): number | false =>
  page?.grants.some(({ connection_status: status }) => status === 'revocation_pending')
    ? POLL_UNSETTLED_MS
    : false;

/**
 * One page of the authorizations that match a filter. It is requested repeatedly while it shows one
 * that a provider has not revoked yet.
 */
export const grantsQuery = (http: HttpClient, filter: GrantFilter) =>
  queryOptions({
    queryKey: grantKeys.found(filter),
    queryFn: (context) =>
      http.call(findGrants, {
        query: {
          page: filter.page + 1,
          per_page: filter.pageSize,
          sort_field: filter.sort,
          sort_order: filter.isAscending ? 'asc' : 'desc',
          ...(filter.connectorId === undefined ? {} : { connector_id: filter.connectorId }),
          ...(filter.userId === undefined ? {} : { profile_uid: filter.userId }),
          ...(filter.search.trim() === '' ? {} : { user: filter.search }),
          ...(filter.status === undefined ? {} : { status: filter.status }),
        },
        signal: context.signal,
        isSystemRequest: isRefetch(context),
      }),
    refetchInterval: ({ state }) => pagePollInterval(state.data),
  });

/** The latest revocation jobs. They are requested repeatedly while one of them still changes. */
export const jobsQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: grantKeys.jobs(),
    queryFn: async (context) => {
      const query = { per_page: SHOWN_JOBS };
      const options = { signal: context.signal, isSystemRequest: isRefetch(context) };
      return (await http.call(listRevocationJobs, { query, ...options })).jobs;
    },
    refetchInterval: ({ state }) => pollInterval(state.data),
  });

/**
 * Number of authorizations that a job would end. Requested once per question: the number must not
 * change while the user decides.
 * @param scope `undefined`: no question is open
 */
export const countQuery = (http: HttpClient, scope: RevocationScope | undefined) =>
  queryOptions({
    queryKey: grantKeys.count(scope),
    queryFn:
      scope === undefined
        ? skipToken
        : async ({ signal }) => {
            const counted = await http.call(startRevocationJob, {
              body: { scope, dry_run: true },
              signal,
            });
            return counted.total;
          },
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
