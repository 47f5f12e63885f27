import type { HttpClient } from '@latchkey/core/public';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  listApiKeys,
  listFeaturesInternally,
  listRolesForPages,
  listSessions,
  queryUsers,
} from '../common/index.ts';
import type { ListSpaces } from './types.ts';

/** Search and page of the list of users. */
export interface UserSearch {
  readonly search: string;
  /** Page number, from 1. */
  readonly page: number;
  readonly perPage: number;
}

/** Keys of all queries of this plugin. */
export const securityKeys = {
  users: () => ['security', 'users'] as const,
  roles: () => ['security', 'roles'] as const,
  features: () => ['security', 'features'] as const,
  spaces: () => ['security', 'spaces'] as const,
  sessions: () => ['security', 'sessions'] as const,
  apiKeys: () => ['security', 'api_keys'] as const,
};

/**
 * Number of API keys that are requested. It is enough for all keys of a user, whose maximum is 100
 * by default.
 */
const MAX_KEYS = 100;

/** One page of the users. The previous page stays visible while the next one loads. */
export const usersQuery = (http: HttpClient, { search, page, perPage }: UserSearch) =>
  queryOptions({
    queryKey: [...securityKeys.users(), { search, page, perPage }],
    queryFn: ({ signal }) =>
      http.call(queryUsers, { query: { search, page, per_page: perPage }, signal }),
    placeholderData: keepPreviousData,
  });

/** All roles. Built-in roles come first. */
export const rolesQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: securityKeys.roles(),
    queryFn: ({ signal }) => http.call(listRolesForPages, { signal }),
    meta: { isLocalized: true },
  });

/** Features that roles can grant. They change only when the server is replaced. */
export const featuresQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: securityKeys.features(),
    queryFn: ({ signal }) => http.call(listFeaturesInternally, { signal }),
    meta: { isLocalized: true },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Spaces that the user may enter. */
export const spacesQuery = (http: HttpClient, list: ListSpaces) =>
  queryOptions({
    queryKey: securityKeys.spaces(),
    queryFn: ({ signal }) => list(http, signal),
  });

/** Sessions of the user. */
export const sessionsQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: securityKeys.sessions(),
    queryFn: ({ signal }) => http.call(listSessions, { signal }),
  });

/** API keys of the user. Administrators also get only their own. */
export const apiKeysQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: securityKeys.apiKeys(),
    queryFn: ({ signal }) =>
      http.call(listApiKeys, { query: { isAdmin: 'false', per_page: MAX_KEYS }, signal }),
  });
