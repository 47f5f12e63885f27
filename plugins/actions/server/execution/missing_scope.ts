import { ConnectorAuthorizationError, type OAuthScope } from '@latchkey/connector-specs';
import { isAxiosError } from '@latchkey/egress/errors';
import {
  hasUnlistedScopes,
  isScopeGranted,
  type MissingScopeRules,
  neededScopes,
} from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';

/** RFC 6749 §3.3. Other text in a challenge is not a scope and is not repeated to the caller. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MAX_NAMED = 10;

/** Facts that decide if authorizing again would help. */
export interface ScopeContext {
  readonly authType: string;
  /** Scopes that the connector requests. */
  readonly requestedScopes: () => readonly string[];
  /** Knows how scopes and a missing one are named. `undefined`: as RFC 6749 and 6750 say. */
  readonly provider: MissingScopeRules | undefined;
  /** Scopes that the action of the execution needs. */
  readonly neededScopes: () => readonly OAuthScope[];
  /**
   * `undefined` or empty: not known. GitHub apps, for example, have no scopes. EARS does not name
   * them either: its app has those that the connector requests (RFC 6749 §5.1).
   */
  readonly grantedScopes: () => readonly string[] | undefined;
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
 * Creates the error for an action whose scopes the user did not grant, so that the call is not
 * sent.
 * @returns `undefined`: the user granted the scopes, or may have
 */
export function ungrantedScopeError(
  context: ScopeContext,
): ConnectorAuthorizationError | undefined {
  const missing = ungrantedScopes(context);
  if (missing.length === 0) return undefined;
  return errorFor(missing, context, 'the action was not started');
}

/**
 * The scopes of the action that the user did not grant; of alternatives, the first. Empty: none, or
 * they are not known.
 */
function ungrantedScopes(context: ScopeContext): readonly string[] {
  const { authType, requestedScopes, provider } = context;
  const names = provider?.authorize.scope ?? {};
  const granted = context.grantedScopes();
  const isKnown = granted !== undefined && granted.length > 0;
  const held = (isKnown || authType !== 'ears' ? granted : requestedScopes()) ?? [];
  if (held.length === 0 || hasUnlistedScopes(names, held)) return [];
  return context
    .neededScopes()
    .map((scope) => (typeof scope === 'string' ? [scope] : scope))
    .filter((alternatives) => !alternatives.some((scope) => isScopeGranted(names, scope, held)))
    .flatMap(([scope]) => scope ?? []);
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
