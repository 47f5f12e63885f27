import type { ProviderData } from './provider_data.ts';
import type { ProviderEntry } from './provider_entry.ts';

/** The part of a provider definition that a client of the provider needs. */
export type ProviderDefinition = Pick<
  ProviderEntry,
  | 'authorize'
  | 'token'
  | 'response'
  | 'accessToken'
  | 'grantFacts'
  | 'lifetime'
  | 'revocation'
  | 'failures'
>;

/**
 * Builds the definition of a provider whose data an administrator entered, with the endpoints of
 * the connector. A refresh endpoint on a different origin than the token endpoint is left out,
 * because refresh tokens are sent there.
 */
export function definitionOfData(
  data: ProviderData,
  endpoints: {
    readonly authorizationUrl: string;
    readonly tokenUrl: string;
    /** Revocation endpoint. Absent: grants are not revoked at the provider. */
    readonly revocationUrl?: string | undefined;
  },
): ProviderDefinition {
  const { authorize, response, accessToken, grantFacts, revocation, lifetime, failures } = data;
  const { authorizationUrl, tokenUrl, revocationUrl } = endpoints;
  const { refreshUrl, ...token } = data.token;
  return {
    authorize: {
      url: authorizationUrl,
      parameters: {},
      requiredParameters: [],
      scope: { ...authorize.scope, parameter: 'scope' },
      pkce: 'optional',
    },
    token: {
      ...token,
      url: tokenUrl,
      ...(isOnOriginOf(tokenUrl, refreshUrl) ? { refreshUrl } : {}),
      clientAuthentication: ['client_secret_basic', 'client_secret_post'],
    },
    response,
    accessToken,
    grantFacts,
    lifetime,
    failures: { ...failures, responses: {} },
    ...(revocation === undefined || revocationUrl === undefined
      ? {}
      : { revocation: { ...revocation, url: revocationUrl } }),
  };
}

function isOnOriginOf(tokenUrl: string, refreshUrl: string | undefined): boolean {
  const origin = URL.parse(tokenUrl)?.origin;
  return refreshUrl !== undefined && URL.parse(refreshUrl)?.origin === origin;
}
