import { ConnectorAuthorizationError } from '@latchkey/connector-specs';
import { type AxiosError, type AxiosInstance, isAxiosError } from 'axios';

/** RFC 6749 §3.3. Other text in a challenge is not a scope and is not repeated to the caller. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MAX_NAMED = 10;

/** Facts that decide if authorizing again would help. */
export interface ScopeContext {
  readonly authType: string;
  /** Scopes that the connector requests. */
  readonly requestedScopes: () => readonly string[];
}

/**
 * Turns a response that says that the token lacks a scope (RFC 6750 §3.1) into a message for the
 * user. Install it last: a token that lacks a scope is neither refreshed nor sent again. Clients
 * that return every status as a result return this one, too.
 */
export function explainMissingScopes(client: AxiosInstance, context: ScopeContext): void {
  client.interceptors.response.use(undefined, (error: unknown) => {
    const needed = neededScopes(error);
    throw needed === undefined ? error : missingScopeError(needed, context, error);
  });
}

/** `undefined`: another failure. Empty: the service does not name the scope. */
function neededScopes(error: unknown): readonly string[] | undefined {
  if (!isAxiosError(error) || error.response === undefined) return undefined;
  const { status, headers } = error.response as NonNullable<AxiosError['response']>;
  const challenge = String(headers['www-authenticate'] ?? '');
  const isRefused = status === 401 || status === 403;
  if (!isRefused || !/\berror\s*=\s*"?insufficient_scope\b/i.test(challenge)) return undefined;
  const named = /(?:^|[\s,])scope\s*=\s*"([^"]{1,4096})"/i.exec(challenge)?.[1] ?? '';
  return named
    .split(' ')
    .filter((scope) => SCOPE.test(scope))
    .slice(0, MAX_NAMED);
}

function missingScopeError(
  needed: readonly string[],
  { authType, requestedScopes }: ScopeContext,
  cause: unknown,
): ConnectorAuthorizationError {
  const requested = requestedScopes();
  const unrequested = needed.filter((scope) => !requested.includes(scope));
  const advice =
    unrequested.length === 0
      ? 'Authorize the connector again and accept all requested permissions.'
      : `This connector does not request ${listed(unrequested)}. An administrator must add it before you authorize again.`;
  const lack = needed.length === 0 ? 'a scope' : listed(needed);
  const message = `Missing scope: the service refused the call because your authorization lacks ${lack}. ${advice}`;
  return new ConnectorAuthorizationError(authType, 'missing_scope', message, { cause });
}

function listed(scopes: readonly string[]): string {
  return scopes.map((scope) => `[${scope}]`).join(', ');
}
