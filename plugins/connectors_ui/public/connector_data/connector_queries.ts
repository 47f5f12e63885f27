import {
  countGrants,
  getConnectorForm,
  getConnectorSpec,
  listGrants,
} from '@latchkey/actions-plugin/common';
import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { queryOptions } from '@tanstack/react-query';

/** Keys of the queries about connectors and their types. */
export const connectorKeys = {
  all: ['connectorsUi', 'connectors'] as const,
  one: (id: string) => [...connectorKeys.all, 'one', id] as const,
  form: (id: string) => [...connectorKeys.one(id), 'form'] as const,
  users: (id: string) => [...connectorKeys.one(id), 'users'] as const,
  usersOfAll: (ids: readonly string[]) => [...connectorKeys.all, 'users', ids] as const,
  grants: (id: string, page: number) => [...connectorKeys.one(id), 'grants', page] as const,
  spec: (typeId: string) => ['connectorsUi', 'spec', typeId] as const,
};

/** Stored values of a connector for its form. */
export type ConnectorFormBody = ResponseBody<typeof getConnectorForm>;
/** Form and actions of a connector type. */
export type ConnectorSpecBody = ResponseBody<typeof getConnectorSpec>;
/** Numbers of users of a connector. */
export type UserCounts = ResponseBody<typeof countGrants>;
/** One page of users of a connector. */
export type GrantsPage = ResponseBody<typeof listGrants>;

/** A spec changes only with a new version of the server. */
const SPEC_STALE_MS = 5 * 60_000;

/** Users per page of the list of users. */
export const USERS_PER_PAGE = 25;

/** Form and actions of a connector type. */
export const specQuery = (http: HttpClient, typeId: string) =>
  queryOptions({
    queryKey: connectorKeys.spec(typeId),
    queryFn: ({ signal }) => http.call(getConnectorSpec, { params: { id: typeId }, signal }),
    staleTime: SPEC_STALE_MS,
    refetchOnWindowFocus: false,
  });

/**
 * Stored values of a connector. Read once per open form: a later read would replace what the user
 * is editing.
 */
export const formQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: connectorKeys.form(id),
    queryFn: ({ signal }) => http.call(getConnectorForm, { params: { id }, signal }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** Numbers of users who have connected their account. */
export const userCountsQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: connectorKeys.users(id),
    queryFn: ({ signal }) => http.call(countGrants, { params: { id }, signal }),
  });

/** One page of the users who have connected their account. `page` from 0. */
export const grantsQuery = (http: HttpClient, id: string, page: number) =>
  queryOptions({
    queryKey: connectorKeys.grants(id, page),
    queryFn: ({ signal }) =>
      http.call(listGrants, {
        params: { id },
        query: { page: page + 1, per_page: USERS_PER_PAGE },
        signal,
      }),
  });
