import {
  buildAuthorizationUrl,
  checkIssuer,
  OAuthError,
  type StandardClient,
} from '@latchkey/oauth-client';
import type { DecryptedConnector, GrantClient, IssuerCheck } from '../../types.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import { grantFingerprint } from './grant_fingerprint.ts';
import { type OAuthSettings, readOAuthSettings, requireSettings } from './oauth_settings.ts';
import { type GrantClientDeps, notPartOf, protocolCalls } from './protocol_calls.ts';
import { endpointWarnings, factsFor, grantLimits, type ProviderEntry } from './provider_facts.ts';
import { providerKeyOf } from './provider_key.ts';
import { isSameSite } from './registrable_host.ts';
import { sharedCallbackOf } from './shared_callback.ts';
import { clientIdentity } from './standard_client.ts';

/** Value of the discriminator `authType`. */
export const AUTHORIZATION_CODE = 'oauth_authorization_code';

/**
 * Every person's own grant through the organisation's own OAuth app.
 * @throws ConnectorConfigurationError `oauth_incomplete`
 */
export function authorizationCodeClient(
  connector: DecryptedConnector,
  entry: ProviderEntry | undefined,
  deps: GrantClientDeps,
): GrantClient {
  const configuration = readConfiguration(connector, entry);
  const endpoints = [
    configuration.authorizationEndpoint,
    configuration.tokenEndpoint,
    configuration.revocationEndpoint,
  ].filter((uri) => uri !== undefined);
  return {
    authType: AUTHORIZATION_CODE,
    fingerprint: grantFingerprint(connector, configuration, entry),
    providerKey: providerKeyOf(configuration.tokenEndpoint),
    configuration,
    ...grantLimits(entry?.oauth),
    warnings: endpointWarnings(
      {
        authorizationUrl: configuration.authorizationEndpoint,
        tokenUrl: configuration.tokenEndpoint,
      },
      configuration.issuer,
    ),
    sharedCallback: sharedCallbackOf(connector, configuration, entry),
    ensureEndpointsAllowed: () => {
      for (const uri of endpoints) deps.egress.ensureUriAllowed(uri);
    },
    buildAuthorizationUrl: (request) =>
      deps.egress.browserUrl(
        administratorsError(connector, () =>
          buildAuthorizationUrl(configuration, {
            ...request,
            providerParams: entry?.oauth?.authorizationParams,
          }),
        ),
      ),
    checkIssuer: (iss) => checkIssuer(configuration, iss),
    ...protocolCalls(configuration, deps),
    requestSharedToken: async () => {
      throw notPartOf(AUTHORIZATION_CODE, 'token without a person');
    },
  };
}

function readConfiguration(
  connector: DecryptedConnector,
  entry: ProviderEntry | undefined,
): StandardClient {
  const settings = readOAuthSettings(connector);
  const { authorizationUrl, tokenUrl } = requireSettings(connector, settings, [
    'authorizationUrl',
    'tokenUrl',
  ]);
  const facts = factsFor(entry?.oauth, { authorizationUrl, tokenUrl });
  const issuer = settings.issuer ?? facts.issuer;
  return {
    dialect: 'standard',
    authorizationEndpoint: authorizationUrl,
    tokenEndpoint: tokenUrl,
    revocationEndpoint: revocationEndpointOf(connector, settings, facts.revocationUrl),
    issuer,
    ...(isPromised(issuer, facts, connector.issuerCheck) ? { issuerRequiredInResponse: true } : {}),
    scopeParamName: settings.scopeParamName,
    ...clientIdentity(connector, settings),
  };
}

/** A promise is its issuer's: what the spec declares of one, or one's metadata said, does not hold for another (RFC 9207 §2.4). */
function isPromised(
  issuer: string | undefined,
  facts: ReturnType<typeof factsFor>,
  check: IssuerCheck | undefined,
): boolean {
  // Without an issuer there is nothing to compare with.
  if (issuer === undefined) return false;
  if (facts.issuerRequiredInResponse && issuer === facts.issuer) return true;
  return check?.issuerRequiredInResponse === true && check.issuer === issuer;
}

/**
 * Where grants are ended: as configured, else as the spec knows. Tokens are sent there, so it must be the provider that issued them; an edit of this
 * one field must never carry everybody's tokens elsewhere (attacks 48 and 114).
 */
function revocationEndpointOf(
  connector: DecryptedConnector,
  { revocationUrl, tokenUrl, authorizationUrl }: OAuthSettings,
  known: string | undefined,
): string | undefined {
  if (revocationUrl === undefined) return known;
  const belongs = [tokenUrl, authorizationUrl].some(
    (uri) => uri !== undefined && isSameSite(revocationUrl, uri),
  );
  if (belongs) return revocationUrl;
  throw new ConnectorConfigurationError(
    'oauth_incomplete',
    connector.id,
    `Connector [${connector.id}] has a revocation URL of another provider than its token URL.`,
  );
}

/** A URL that cannot be built is about the settings, which the flow reports as such. */
function administratorsError<T>(connector: DecryptedConnector, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new ConnectorConfigurationError('oauth_incomplete', connector.id, error.message, {
      cause: error,
    });
  }
}
