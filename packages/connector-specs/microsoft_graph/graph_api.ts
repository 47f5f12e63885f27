import { z } from 'zod';
import { defineApi, textOf, texts } from '../operations/index.ts';

/** Origin of the API. */
export const GRAPH = 'https://graph.microsoft.com';

/** Scope that stands for the permissions that the administrator granted to the app registration. */
export const DEFAULT_SCOPE = `${GRAPH}/.default`;

/** Auth type of the application itself, without a user. It can only request all permissions. */
export const APPLICATION_AUTH = {
  type: 'oauth_client_credentials',
  defaults: { scope: DEFAULT_SCOPE },
  overrides: { meta: { scope: { hidden: true } } },
} as const;

/**
 * Declares operations of version 1.0 of Microsoft Graph.
 * @param readScopes scopes of which each suffices for operations that read, unless an operation
 *   states its own, see {@link needs}. Default: these operations need none
 */
export const defineGraphApi = (readScopes?: readonly [string, ...string[]]) =>
  defineApi({
    name: 'Microsoft Graph',
    baseUrl: `${GRAPH}/v1.0`,
    provider: 'microsoft',
    oauthScopes: {
      ...(readScopes === undefined ? {} : { read: [readScopes] }),
      isReadRequired: 'unless_others',
    },
    errors: {
      message: ['error.message'],
      code: ['error.code'],
      requestId: ['error.innerError.request-id'],
      requestIdHeader: 'request-id',
    },
  });

const { operation } = defineGraphApi();

/**
 * Request that names the account. Without the scope `User.Read` in the type, the account stays
 * unknown.
 */
export const GRAPH_ACCOUNT = {
  url: `${GRAPH}/v1.0/me`,
  idPath: 'id',
  labelPath: 'userPrincipalName',
} as const;

/**
 * Scopes of which each suffices for an action. The first one is requested. An administrator can
 * grant scopes that include these and have other names, for example by `.default`.
 */
export const needs = (...scopes: readonly [string, ...string[]]) => ({
  oauthScopes: [scopes],
  isScopeRequired: 'unless_others' as const,
});

/** Id of an object in Graph. */
export const id = () => textOf(512);

/** Input with the next page of a list. */
export const pageToken = () =>
  z
    .string()
    .max(8_192)
    .optional()
    .meta({ description: '@odata.nextLink of the previous page', examples: [''] });

/**
 * Where a list has its items and the URL of the next page. Results use the names of the API, as in
 * Kibana.
 */
export const graphPages = {
  next: 'url',
  cursor: 'pageToken',
  path: '@odata\\.nextLink',
  isAnyPath: true,
  items: 'value',
  names: { items: 'value', nextCursor: '@odata.nextLink' },
} as const;

/** A user of the tenant. */
export const user = z.looseObject({
  id: z.string(),
  ...texts('displayName', 'mail', 'userPrincipalName'),
});

/** Operation that names the account of a user. */
export const readAccount = operation('GET /me', {
  description:
    'Reads the account of the user: id, name, email address and job. Use it to find out who is connected.',
  input: {},
  output: user,
  ...needs('User.Read', 'User.ReadBasic.All', 'User.Read.All'),
});

/** Operation of a connection test that works for users and for the application itself. */
export const getService = operation('GET /', {
  description: 'Lists the resources of the API.',
  input: {},
  output: z.looseObject({}),
});
