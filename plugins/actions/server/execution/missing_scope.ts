import {
  ConnectorAuthorizationError,
  type OAuthScope,
  type ScopeRequirement,
} from '@latchkey/connector-specs';
import { isAxiosError } from '@latchkey/egress/errors';
import {
  hasUnlistedScopes,
  isScopeDescribed,
  isScopeGranted,
  type MissingScopeRules,
  neededScopes,
} from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';
import { challengeErrors, challengeParameters } from './challenge_parameters.ts';

/** Characters of a scope (RFC 6749 §3.3). Other text of a service is not repeated to the caller. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MAX_NAMED = 10;

/**
 * Information with which a missing scope is explained, and by which it is decided whether
 * authorizing again helps.
 */
export interface ScopeContext {
  readonly authType: string;
  /** Scopes that the connector requests. */
  readonly requestedScopes: () => readonly string[];
  /**
   * Rules of the provider for the names of scopes, and for responses about a missing one.
   * `undefined`: RFC 6749 and RFC 6750 apply.
   */
  readonly provider: MissingScopeRules | undefined;
  /** Scopes that the action of the execution needs. An inner array lists alternatives. */
  readonly neededScopes: () => readonly OAuthScope[];
  /**
   * Scopes of the grant. `undefined` or empty: unknown. GitHub apps, for example, have no scopes.
   * EARS does not name them either; then the grant has the requested scopes (RFC 6749 §5.1).
   */
  readonly grantedScopes: () => readonly string[] | undefined;
  /**
   * Scopes that the connector type names. They are read only for an action that is not refused if
   * the grant has other scopes, see {@link ScopeRequirement}.
   */
  readonly namedScopes: () => ReadonlySet<string>;
}

/** A response of axios or of a direct request. Names of headers are in lower case. */
interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Body, parsed if it is JSON. */
  readonly data: unknown;
}

/**
 * Makes an axios instance throw an error with advice for the user when a response says that the
 * token lacks a scope, as in RFC 6750 §3.1 or in the provider's own way, which may have status 200.
 * Install it after the policy for rejected tokens: a token that lacks a scope must be neither
 * refreshed nor sent again. A client that returns error statuses as results also returns such a
 * response.
 */
export function explainMissingScopes(client: AxiosInstance, context: ScopeContext): void {
  client.interceptors.response.use(
    (response) => {
      const refusal = missingScopeError(response, context);
      if (refusal !== undefined) throw refusal;
      return response;
    },
    (error: unknown) => {
      const response = isAxiosError(error) ? error.response : undefined;
      throw (response && missingScopeError(response, context, error)) ?? error;
    },
  );
}

/**
 * Creates the error for a response.
 * @returns `undefined`: the response does not say that the token lacks a scope
 */
export function missingScopeError(
  response: ReceivedResponse,
  context: ScopeContext,
  cause?: unknown,
): ConnectorAuthorizationError | undefined {
  const needed = challengedScopes(response) ?? scopeOfProvider(response, context);
  return needed === undefined
    ? undefined
    : errorFor(needed, context, 'the service refused the call', cause);
}

/**
 * Returns the scope that is needed according to a response in the provider's own format. If one of
 * several scopes is enough, returns one that the connector requests. `undefined`: the response does
 * not report a missing scope. Empty: it does not name the scope.
 */
function scopeOfProvider(
  response: ReceivedResponse,
  context: ScopeContext,
): readonly string[] | undefined {
  const { provider } = context;
  if (provider === undefined) return undefined;
  const { status, headers } = response;
  const received = {
    status,
    headers,
    get body() {
      return response.data;
    },
  };
  const named = neededScopes(provider, received, () => ungrantedScopes(context).length > 0);
  if (named === undefined) return undefined;
  const scopes = named.filter((scope) => SCOPE.test(scope));
  const requested = context.requestedScopes();
  const scope = scopes.find((one) => requested.includes(one)) ?? scopes[0];
  return scope === undefined ? ungrantedScopes(context) : [scope];
}

/**
 * Creates the error for an action whose scopes the user did not grant. The action is then not
 * started.
 * @returns `undefined`: the user granted the scopes, it is not known which scopes the grant has, or
 *   the action does not require them
 */
export function ungrantedScopeError(
  context: ScopeContext,
  requirement: ScopeRequirement = true,
): ConnectorAuthorizationError | undefined {
  if (requirement === false) return undefined;
  const missing = ungrantedScopes(context);
  if (missing.length === 0) return undefined;
  if (requirement === 'unless_others' && mayIncludeOthers(context)) return undefined;
  return errorFor(missing, context, 'the action was not started');
}

/**
 * Returns the scopes of the action that the user did not grant. If one of several scopes would
 * suffice, the list contains only the first of them. Empty: the user granted all scopes, or the
 * granted scopes are not known.
 */
function ungrantedScopes(context: ScopeContext): readonly string[] {
  const { authType, requestedScopes, provider } = context;
  const names = provider?.authorize.scope ?? {};
  const granted = context.grantedScopes();
  const isKnown = granted !== undefined && granted.length > 0;
  const known = (isKnown || authType !== 'ears' ? granted : requestedScopes()) ?? [];
  if (known.length === 0 || hasUnlistedScopes(names, known)) return [];
  return context
    .neededScopes()
    .map((scope) => (typeof scope === 'string' ? [scope] : scope))
    .filter((alternatives) => !alternatives.some((scope) => isScopeGranted(names, scope, known)))
    .flatMap(([scope]) => scope ?? []);
}

/**
 * Returns `true` if the grant may permit more than is known: it has a scope that neither the
 * connector type names nor the provider definition describes.
 */
function mayIncludeOthers(context: ScopeContext): boolean {
  const names = context.provider?.authorize.scope ?? {};
  const granted = context.grantedScopes() ?? [];
  const known = granted.length === 0 ? context.requestedScopes() : granted;
  const named = [...context.namedScopes()];
  return known.some(
    (scope) =>
      !isScopeDescribed(names, scope) && !named.some((one) => isScopeGranted(names, one, [scope])),
  );
}

function errorFor(
  needed: readonly string[],
  context: ScopeContext,
  consequence: string,
  cause?: unknown,
): ConnectorAuthorizationError {
  const lack = needed.length === 0 ? 'a scope' : listed(needed);
  const message = `Missing scope: ${consequence} because your authorization lacks ${lack}. ${adviceFor(needed, context)}`;
  return new ConnectorAuthorizationError(context.authType, 'missing_scope', message, { cause });
}

/** Sentences that say what the user or an administrator can do about missing scopes. */
function adviceFor(
  needed: readonly string[],
  { requestedScopes, provider }: Pick<ScopeContext, 'requestedScopes' | 'provider'>,
): string {
  const requested = requestedScopes();
  const unrequested = needed.filter((scope) => !requested.includes(scope));
  if (unrequested.length === 0)
    return 'Authorize the connector again and accept all requested permissions.';
  if (hasUnlistedScopes(provider?.authorize.scope ?? {}, requested))
    return `This connector requests the permissions of its app. An administrator must add ${listed(unrequested)} to the app before you authorize again.`;
  return `This connector does not request ${listed(unrequested)}. An administrator must add it before you authorize again.`;
}

/**
 * Returns the scopes that are needed according to the `WWW-Authenticate` challenge. `undefined`:
 * the response has no such challenge. Empty: the challenge does not name the scopes.
 */
function challengedScopes({ status, headers }: ReceivedResponse): readonly string[] | undefined {
  if (status !== 401 && status !== 403) return undefined;
  if (!challengeErrors(headers).includes('insufficient_scope')) return undefined;
  const named = challengeParameters(headers).find(({ name }) => name === 'scope');
  return (named?.value ?? '')
    .split(' ')
    .filter((scope) => SCOPE.test(scope))
    .slice(0, MAX_NAMED);
}

function listed(scopes: readonly string[]): string {
  return scopes.map((scope) => `[${scope}]`).join(', ');
}
