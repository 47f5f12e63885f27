import { OAuthError } from '../../oauth_error.ts';
import type { StandardClient } from '../../types.ts';

/** Parameters this client sets itself; a provider's entry or a scope parameter may not claim their names. */
const RESERVED_PARAMS: ReadonlySet<string> = new Set([
  'client_id',
  'response_type',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
]);

/** RFC 6749 §4.1.1 with RFC 7636 §4.3. @throws OAuthError `invalid_request` */
export function buildStandardAuthorizationUrl(
  client: StandardClient,
  request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    readonly providerParams?: Readonly<Record<string, string>> | undefined;
  },
): string {
  const url = parseEndpoint(client.authorizationEndpoint);
  for (const [name, value] of Object.entries(request.providerParams ?? {})) {
    refuseReserved(name);
    // What an administrator wrote into the configured URL is more specific than the provider's entry.
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  url.searchParams.set('client_id', client.clientId);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('redirect_uri', request.redirectUri);
  url.searchParams.set('state', request.state);
  url.searchParams.set('code_challenge', request.codeChallenge);
  url.searchParams.set('code_challenge_method', 'S256');
  const scopeParamName = client.scopeParamName ?? 'scope';
  refuseReserved(scopeParamName);
  if (client.scope !== undefined && client.scope !== '') {
    url.searchParams.set(scopeParamName, client.scope);
  }
  // RFC 6749 §3.1: the endpoint URI must not include a fragment.
  url.hash = '';
  return url.href;
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new OAuthError(
    'invalid_request',
    'misconfigured',
    'The authorization URL of the connector is not a valid URL.',
  );
}

function refuseReserved(name: string): void {
  if (!RESERVED_PARAMS.has(name)) return;
  throw new OAuthError(
    'invalid_request',
    'misconfigured',
    `The authorization URL parameter [${name}] is reserved and cannot carry the scope or a provider setting.`,
  );
}
