import { grantFactsInHeaders, providerOf, providerRulesOf } from '@latchkey/connector-specs';
import type { Egress } from '@latchkey/egress';
import {
  type AccountSource,
  clientProviderOf,
  dialectOf,
  OAuthError,
  type StandardClient,
} from '@latchkey/oauth-client';
import { withoutUndefined } from '@latchkey/saved-objects';
import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import { grantFactsInOrigins } from '../../connector_types/index.ts';
import { ConnectorConfigurationError, type EndpointRefusal } from './configuration_error.ts';
import {
  accountSourceOf,
  factsFor,
  grantLimits,
  type OAuthConnectorType,
  providerFactsOf,
  scopeCover,
  withEndpointsOf,
  withResolvedProvider,
} from './connector_provider.ts';
import { type EndpointTrust, endpointTrust } from './endpoint_trust.ts';
import { grantFingerprint, type NamedRevocation } from './grant_fingerprint.ts';
import { type OAuthSettings, readUserSettings, requireSettings } from './oauth_settings.ts';
import {
  type ProviderClientDeps,
  type ProviderProtocol,
  unsupportedCall,
} from './protocol_calls.ts';
import type { ProviderClient } from './provider_client.ts';
import { providerKeyOf } from './provider_key.ts';
import {
  audienceRefusal,
  authorizationParamsRefusal,
  enteredFacts,
  factUrlRefusal,
  refreshUrlRefusal,
  responseModeRefusal,
  responsePathRefusal,
  revocationRequestRefusal,
} from './settings_refusals.ts';
import { sharedCallbackOf } from './shared_callback.ts';
import { clientIdentity, storedConfiguration } from './standard_client.ts';

/** Auth type of connectors whose users authorize with an OAuth app of the organisation. */
export const AUTHORIZATION_CODE = 'oauth_authorization_code';

/** Creates the clients of connectors that have their own OAuth app. */
export class AuthorizationCodeStrategy {
  readonly #protocol: ProviderProtocol;
  readonly #egress: Pick<Egress, 'browserUrl' | 'ensureUriAllowed'>;
  readonly #trustedRevocationOrigins: ReadonlySet<string>;

  constructor(
    protocol: ProviderProtocol,
    deps: Pick<ProviderClientDeps, 'egress' | 'trustedRevocationOrigins'>,
  ) {
    this.#protocol = protocol;
    this.#egress = deps.egress;
    this.#trustedRevocationOrigins = deps.trustedRevocationOrigins;
  }

  /**
   * Creates the client for the grants of a connector's users.
   * @throws ConnectorConfigurationError `oauth_incomplete`, `endpoints_not_confirmed`,
   * `response_mode_refused`, `response_path_refused`
   */
  clientOf(connector: DecryptedConnector, entry: OAuthConnectorType | undefined): ProviderClient {
    const { settings, configuration, trust, named } = readConfiguration(
      connector,
      entry,
      this.#trustedRevocationOrigins,
    );
    const refusal =
      trust.sitesRefusal ??
      audienceRefusal(connector, configuration) ??
      refreshUrlRefusal(connector, configuration, entry) ??
      factUrlRefusal(connector, configuration, entry) ??
      responsePathRefusal(connector, settings) ??
      responseModeRefusal(connector, configuration, entry);
    if (refusal !== undefined) throw refused(connector, refusal);
    const provider = providerFactsOf(entry, connector, settings);
    const dialect = dialectOf(configuration);
    const endpoints = [
      configuration.authorizationEndpoint,
      configuration.tokenEndpoint,
      configuration.revocationEndpoint,
    ].filter((uri) => uri !== undefined);
    // Refuses only new authorizations, so users who are connected are not affected.
    const params = authorizationParamsRefusal(connector, configuration);
    return {
      authType: AUTHORIZATION_CODE,
      fingerprint: grantFingerprint(connector, configuration, { entry, revocation: named }),
      providerKey: providerKeyOf(configuration.tokenEndpoint),
      configuration: storedConfiguration(configuration),
      ...scopeCover(connector, entry),
      ...grantLimits(provider),
      warnings: params === undefined ? trust.warnings : [...trust.warnings, params.message],
      sharedCallback: sharedCallbackOf(connector, configuration, entry),
      responseMode: dialect.responseMode(provider?.authorize.parameters) ?? 'query',
      ensureEndpointsAllowed: () => {
        if (params !== undefined) throw refused(connector, params);
        for (const uri of endpoints) this.#egress.ensureUriAllowed(uri);
      },
      buildAuthorizationUrl: (request) =>
        this.#egress.browserUrl(
          asConfigurationError(connector, () =>
            dialect.authorizationUrl({
              ...request,
              providerParams: provider?.authorize.parameters,
            }),
          ),
        ),
      checkIssuer: (iss) => dialect.checkIssuer(iss),
      ...this.#protocol.callsOf(configuration, {
        neededFacts:
          entry === undefined
            ? []
            : [
                ...grantFactsInOrigins(entry, connector.config),
                ...grantFactsInHeaders(providerRulesOf(entry, connector.config)),
              ],
      }),
      requestSharedToken: async () => {
        throw unsupportedCall(AUTHORIZATION_CODE, 'token without a user');
      },
    };
  }

  /**
   * Creates the part of the client that revokes grants. Works even for a connector whose endpoints
   * are refused, so that earlier grants can be revoked where this is safe.
   * @throws ConnectorConfigurationError `oauth_incomplete`
   */
  revocationClientOf(
    connector: DecryptedConnector,
    entry: OAuthConnectorType | undefined,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'> {
    const { configuration, named } = readConfiguration(
      connector,
      entry,
      this.#trustedRevocationOrigins,
    );
    const fingerprint = grantFingerprint(connector, configuration, { entry, revocation: named });
    return { fingerprint, configuration: storedConfiguration(configuration) };
  }
}

/**
 * Returns the reasons to refuse the endpoints of a connector. Empty for incomplete settings,
 * because executions report those.
 */
export function endpointRefusals(
  connector: DecryptedConnector,
  type: OAuthConnectorType | undefined,
  { trustedRevocationOrigins }: Pick<ProviderClientDeps, 'trustedRevocationOrigins'>,
): readonly EndpointRefusal[] {
  if (connector.authType !== AUTHORIZATION_CODE) return [];
  try {
    const entry = type && withResolvedProvider(type, connector);
    const { trust, settings, configuration } = readConfiguration(
      connector,
      entry,
      trustedRevocationOrigins,
    );
    return [
      trust.sitesRefusal,
      trust.revocationRefusal,
      trust.userinfoRefusal,
      audienceRefusal(connector, configuration),
      refreshUrlRefusal(connector, configuration, entry),
      factUrlRefusal(connector, configuration, entry),
      revocationRequestRefusal(connector, entry),
      responsePathRefusal(connector, settings),
      responseModeRefusal(connector, configuration, entry),
      authorizationParamsRefusal(connector, configuration),
    ].filter((refusal) => refusal !== undefined);
  } catch (error) {
    if (error instanceof ConnectorConfigurationError) return [];
    throw error;
  }
}

function readConfiguration(
  connector: DecryptedConnector,
  entry: OAuthConnectorType | undefined,
  trustedRevocationOrigins: ReadonlySet<string>,
): {
  readonly settings: OAuthSettings;
  readonly configuration: StandardClient;
  readonly trust: EndpointTrust;
  /**
   * Revocation endpoint of the connector, or of its provider, even if it must not be used.
   * `undefined`: none is known.
   */
  readonly named: NamedRevocation | undefined;
} {
  const settings = withEndpointsOf(entry && providerOf(entry), readUserSettings(connector, entry));
  const provider = providerFactsOf(entry, connector, settings);
  const endpoints = requireSettings(connector, settings, ['authorizationUrl', 'tokenUrl']);
  const { authorizationUrl, tokenUrl } = endpoints;
  const facts = factsFor(entry, connector.authType, { authorizationUrl, tokenUrl });
  const trust = endpointTrust(
    connector,
    { authorizationUrl, tokenUrl },
    { settings, entry, trustedRevocationOrigins },
  );
  const issuer = settings.issuer ?? facts.issuer;
  const { revocationEndpoint, revocationVoucher } = trust;
  const uri = settings.revocationUrl ?? facts.revocationUrl;
  return {
    settings,
    trust,
    named: uri === undefined ? undefined : { uri, isOfIssuer: trust.isRevocationOfIssuer },
    configuration: {
      dialect: 'standard',
      authorizationEndpoint: authorizationUrl,
      tokenEndpoint: tokenUrl,
      revocationEndpoint,
      ...(revocationEndpoint === undefined || revocationVoucher === 'token_url'
        ? {}
        : { revocationVoucher }),
      issuer,
      ...(isPromised(issuer, facts, connector.issuerCheck)
        ? { issuerRequiredInResponse: true }
        : {}),
      scopeParamName: settings.scopeParamName,
      ...accountSource(trust.userinfoEndpoint, settings, entry && accountSourceOf(entry)),
      ...clientIdentity(connector, settings, provider),
      ...(provider === undefined
        ? {}
        : {
            provider: {
              ...clientProviderOf(provider),
              grantFacts: enteredFacts(connector, tokenUrl, entry) ?? facts.grantFacts,
            },
          }),
    },
  };
}

/**
 * Returns where the account of a new grant is found. The paths of the connector type apply only to
 * its own userinfo endpoint or token response.
 */
function accountSource(
  userinfoEndpoint: string | undefined,
  settings: OAuthSettings,
  ofType: AccountSource | undefined,
): Omit<AccountSource, 'provider'> {
  const isOfType =
    ofType?.userinfoEndpoint === undefined || ofType.userinfoEndpoint === userinfoEndpoint;
  const paths = settings.accountIdPath === undefined && isOfType ? ofType : settings;
  const { accountIdPath, accountLabelPath } = paths ?? {};
  return withoutUndefined({
    userinfoEndpoint,
    userinfoRequestJson: isOfType ? ofType?.userinfoRequestJson : undefined,
    accountIdPath,
    accountLabelPath,
  });
}

/**
 * Returns `true` if responses must name the issuer. The promise to do so, in the spec or in the
 * metadata, applies only to the issuer that made it (RFC 9207 §2.4).
 */
function isPromised(
  issuer: string | undefined,
  facts: ReturnType<typeof factsFor>,
  check: IssuerCheck | undefined,
): boolean {
  // Without a known issuer, there would be nothing to compare with.
  if (issuer === undefined) return false;
  if (facts.issuerRequiredInResponse && issuer === facts.issuer) return true;
  return check?.issuerRequiredInResponse === true && check.issuer === issuer;
}

function refused(
  { id }: DecryptedConnector,
  { code, message }: EndpointRefusal,
): ConnectorConfigurationError {
  return new ConnectorConfigurationError(code, id, message);
}

/**
 * Calls `build`, and converts its error to a configuration error, because settings from which no
 * authorization URL can be built must be corrected by an administrator.
 */
function asConfigurationError<T>(connector: DecryptedConnector, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new ConnectorConfigurationError('oauth_incomplete', connector.id, error.message, {
      cause: error,
    });
  }
}
