import { countGrants, getConnectorForm, getConnectorSpec } from '@latchkey/actions-plugin/common';
import type { HttpClient, ResponseBody } from '@latchkey/core/public';
import { queryOptions } from '@tanstack/react-query';

/** Keys of the queries about connectors and their types. */
export const connectorKeys = {
  all: ['connectorsUi', 'connectors'] as const,
  one: (id: string) => [...connectorKeys.all, 'one', id] as const,
  form: (id: string) => [...connectorKeys.one(id), 'form'] as const,
  users: (id: string) => [...connectorKeys.one(id), 'users'] as const,
  usersOfAll: (ids: readonly string[]) => [...connectorKeys.all, 'users', ids] as const,
  spec: (typeId: string) => ['connectorsUi', 'spec', typeId] as const,
};

/** Stored values of a connector, which its form shows. */
export type ConnectorFormBody = ResponseBody<typeof getConnectorForm>;
/** Form and actions of a connector type. */
export type ConnectorSpecBody = ResponseBody<typeof getConnectorSpec>;
/** Numbers of users of a connector. */
export type UserCounts = ResponseBody<typeof countGrants>;

/**
 * Milliseconds for which a form is not requested again. It changes only with a new version of the
 * server.
 */
const SPEC_STALE_MS = 5 * 60_000;

/** Form and actions of a connector type. */
export const specQuery = (http: HttpClient, typeId: string) =>
  queryOptions({
    queryKey: connectorKeys.spec(typeId),
    queryFn: ({ signal }) => http.call(getConnectorSpec, { params: { id: typeId }, signal }),
    meta: { isLocalized: true },
    staleTime: SPEC_STALE_MS,
    refetchOnWindowFocus: false,
  });

/**
 * Stored values of a connector. They are read once when the form opens: a later read would replace
 * what the user is editing.
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
