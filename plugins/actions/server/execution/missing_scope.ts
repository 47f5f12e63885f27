import { ConnectorAuthorizationError, type OAuthScope } from '@latchkey/connector-specs';
import { isAxiosError } from '@latchkey/egress/errors';
import { neededScopes, type ProviderEntry } from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';

/** RFC 6749 §3.3. Other text in a challenge is not a scope and is not repeated to the caller. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MAX_NAMED = 10;

/** Facts that decide if authorizing again would help. */
export interface ScopeContext {
  readonly authType: string;
  /** Scopes that the connector requests. */
  readonly requestedScopes: () => readonly string[];
  /** Knows how its API names a missing scope. `undefined`: as RFC 6750 says. */
  readonly provider: Pick<ProviderEntry, 'api'> | undefined;
}

/** A response of either client. Names of headers are in lower case. */
interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON. */
  readonly data: unknown;
}

/**
 * Turns a response that says that the token lacks a scope (RFC 6750 §3.1, or as the provider says
 * it, also with status 200) into a message for the user. Install it last: a token that lacks a
 * scope is neither refreshed nor sent again. Clients that return every status as a result return
 * this one, too.
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
 * Creates the error for a response that says that the token lacks a scope.
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
 * The scope that the provider says is needed: of several that suffice, one that the connector
 * requests. `undefined`: another response. Empty: the provider does not name the scope.
 */
function scopeOfProvider(
  response: ReceivedResponse,
  { provider, requestedScopes }: ScopeContext,
): readonly string[] | undefined {
  if (provider === undefined || provider.api.missingScope.length === 0) return undefined;
  const { status, headers } = response;
  const named = neededScopes(provider, {
    status,
    headers,
    get body() {
      return response.data;
    },
  });
  if (named === undefined) return undefined;
  const scopes = named.filter((scope) => SCOPE.test(scope));
  const requested = requestedScopes();
  return [scopes.find((scope) => requested.includes(scope)) ?? scopes[0]].filter(
    (scope) => scope !== undefined,
  );
}

/**
 * Creates the error for an action whose scopes the user did not grant, so that the call is not
 * sent.
 * @param granted `undefined` or empty: not known. GitHub apps, for example, have no scopes. EARS
 * does not name them either: its app has those that the connector requests (RFC 6749 §5.1)
 * @returns `undefined`: the user granted the scopes, or may have
 */
export function ungrantedScopeError(
  needed: readonly OAuthScope[],
  granted: readonly string[] | undefined,
  context: ScopeContext,
): ConnectorAuthorizationError | undefined {
  const isKnown = granted !== undefined && granted.length > 0;
  const held = isKnown || context.authType !== 'ears' ? granted : context.requestedScopes();
  if (held === undefined || held.length === 0) return undefined;
  const missing = needed
    .map((scope) => (typeof scope === 'string' ? [scope] : scope))
    .filter((alternatives) => !alternatives.some((scope) => held.includes(scope)))
    .flatMap(([scope]) => scope ?? []);
  if (missing.length === 0) return undefined;
  return errorFor(missing, context, 'the action was not started');
}

function errorFor(
  needed: readonly string[],
  { authType, requestedScopes }: Pick<ScopeContext, 'authType' | 'requestedScopes'>,
  consequence: string,
  cause?: unknown,
): ConnectorAuthorizationError {
  const requested = requestedScopes();
  const unrequested = needed.filter((scope) => !requested.includes(scope));
  const advice =
    unrequested.length === 0
      ? 'Authorize the connector again and accept all requested permissions.'
      : `This connector does not request ${listed(unrequested)}. An administrator must add it before you authorize again.`;
  const lack = needed.length === 0 ? 'a scope' : listed(needed);
  const message = `Missing scope: ${consequence} because your authorization lacks ${lack}. ${advice}`;
  return new ConnectorAuthorizationError(authType, 'missing_scope', message, { cause });
}

/**
 * Returns the scopes that the challenge of a refusal says are needed. `undefined`: another failure.
 * Empty: the service does not name the scope.
 */
function challengedScopes({ status, headers }: ReceivedResponse): readonly string[] | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const challenge = String(headers['www-authenticate'] ?? '');
  if (!/\berror\s*=\s*"?insufficient_scope\b/i.test(challenge)) return undefined;
  const named = /(?:^|[\s,])scope\s*=\s*"([^"]{1,4096})"/i.exec(challenge)?.[1] ?? '';
  return named
    .split(' ')
    .filter((scope) => SCOPE.test(scope))
    .slice(0, MAX_NAMED);
}

function listed(scopes: readonly string[]): string {
  return scopes.map((scope) => `[${scope}]`).join(', ');
}
