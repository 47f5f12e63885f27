import type { StandardClient } from '../types.ts';

/** Parameters that this client sets (RFC 6749 §4.1.1, RFC 7636 §4.3). */
const SET_HERE = [
  'client_id',
  'response_type',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
];

/**
 * Parameters that replace or add to the others: OpenID Connect Core §5.5 and §6, RFC 9101, RFC
 * 9126, RFC 9396.
 */
const REPLACE_OTHERS = ['claims', 'request', 'request_uri', 'authorization_details'];

/** Parameters that ask for permissions: OAuth 2.0 (RFC 6749 §3.3), Slack, HubSpot, Discord. */
const SCOPES = ['scope', 'scopes', 'user_scope', 'bot_scope', 'optional_scope', 'permissions'];

/**
 * Users are shown the scope of the client. What one of these asks for in the configured URL would
 * be hidden from them.
 */
const NOT_IN_URL: ReadonlySet<string> = new Set([...SET_HERE, ...REPLACE_OTHERS, ...SCOPES]);

/** A scope in one of these would replace the parameters that this client sets. */
const NOT_FOR_SCOPES: ReadonlySet<string> = new Set([
  ...SET_HERE,
  ...REPLACE_OTHERS,
  'response_mode',
]);

/**
 * Names of parameters in the authorization URL, and a name for the scope, that a client must not
 * have. Servers may ignore case.
 */
export function refusedAuthorizationParams(client: StandardClient): readonly string[] {
  const { authorizationEndpoint, scopeParamName = 'scope' } = client;
  const inUrl = [...(URL.parse(authorizationEndpoint)?.searchParams.keys() ?? [])].filter((name) =>
    isRefusedParam(name, scopeParamName),
  );
  const isRefusedName = NOT_FOR_SCOPES.has(scopeParamName.toLowerCase());
  return [...new Set(isRefusedName ? [...inUrl, scopeParamName] : inUrl)];
}

/** Tells if neither the configured URL nor a provider's entry may set this parameter. */
export function isRefusedParam(name: string, scopeParamName = 'scope'): boolean {
  // Some servers take `scope[]` for a list and `;` for `&`, and ignore blanks and control
  // characters.
  const names = name
    .toLowerCase()
    .split(/[;=]/)
    .map((one) => one.replace(/\[.*$|[^\w.-]/g, ''));
  return names.some((one) => NOT_IN_URL.has(one) || one === scopeParamName.toLowerCase());
}
