import { isRefusedParam, refusedAuthorizationParams } from '../../authorization/refused_params.ts';
import { OAuthError } from '../../oauth_error.ts';
import type { StandardClient } from '../../types.ts';

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
  const scopeParamName = client.scopeParamName ?? 'scope';
  const providerParams = Object.entries(request.providerParams ?? {});
  const [refused] = [
    ...refusedAuthorizationParams(client),
    ...providerParams.map(([name]) => name).filter((name) => isRefusedParam(name, scopeParamName)),
  ];
  if (refused !== undefined) throw reserved(refused);
  for (const [name, value] of providerParams) {
    // What an administrator wrote into the configured URL is more specific than the provider's entry.
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  url.searchParams.set('client_id', client.clientId);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('redirect_uri', request.redirectUri);
  url.searchParams.set('state', request.state);
  url.searchParams.set('code_challenge', request.codeChallenge);
  url.searchParams.set('code_challenge_method', 'S256');
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

function reserved(name: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The authorization URL parameter [${name}] is reserved: neither the configured URL nor a provider setting may set it, and it may not carry the scope unless it is a scope parameter.`,
  );
}
