import {
  accountRequestOf,
  type ConnectorSpec,
  endpointConfigFields,
  isScopeCovered,
  providerDataOf,
  providerOf,
} from '@latchkey/connector-specs';
import type { AccountSource } from '@latchkey/oauth-client';
import {
  definitionOfData,
  ProviderConfigError,
  type ProviderDefinition,
  type ProviderEntry,
  resolveProvider,
} from '@latchkey/oauth-providers';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import type { ProviderClient } from './provider_client.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';

/** The parts of a connector type that a provider client needs. */
export type OAuthConnectorType = Pick<
  ConnectorSpec,
  | 'account'
  | 'apiOrigins'
  | 'auth'
  | 'formerId'
  | 'provider'
  | 'providerDataField'
  | 'schema'
  | 'validateUrls'
> &
  Partial<Pick<ConnectorSpec, 'actions' | 'test'>>;

/**
 * Lifetime of access tokens whose response does not state one, in seconds. RFC 6749 makes the field
 * optional. Most providers use an hour, and if a token ends earlier, a 401 response causes a
 * refresh.
 */
const DEFAULT_LIFETIME_SECONDS = 3600;

/**
 * Returns the connector type with its provider definition, in whose URLs the placeholders are
 * replaced by config values of the connector.
 * @throws ConnectorConfigurationError `oauth_incomplete` when a config value is missing or invalid
 */
export function withResolvedProvider(
  type: OAuthConnectorType,
  { id, config }: Pick<DecryptedConnector, 'id' | 'config'>,
): OAuthConnectorType {
  const entry = providerOf(type);
  if (entry === undefined) return type;
  try {
    return { ...type, provider: resolveProvider(entry, config) };
  } catch (error) {
    if (!(error instanceof ProviderConfigError)) throw error;
    throw new ConnectorConfigurationError(
      'oauth_incomplete',
      id,
      `Connector [${id}] cannot be used: ${error.message}.`,
      { cause: error },
    );
  }
}

/**
 * Adds the endpoints of the provider to the settings, unless the connector has its own.
 * @param provider definition whose placeholders are replaced
 */
export function withEndpointsOf(
  provider: ProviderEntry | undefined,
  settings: OAuthSettings,
): OAuthSettings {
  if (provider === undefined) return settings;
  return {
    ...settings,
    authorizationUrl: settings.authorizationUrl ?? provider.authorize.url,
    tokenUrl: settings.tokenUrl ?? provider.token.url,
  };
}

/**
 * Returns the endpoints that the provider definition derives from a config, which may be invalid.
 * Empty: the endpoints do not depend on the config, or the config is invalid.
 */
export function derivedEndpoints(
  type: Pick<ConnectorSpec, 'provider'>,
  authType: string,
  config: DecryptedConnector['config'],
): Partial<Endpoints> {
  const entry = providerOf(type);
  if (entry === undefined || endpointConfigFields(type, authType).length === 0) return {};
  try {
    const { authorize, token } = resolveProvider(entry, config);
    return { authorizationUrl: authorize.url, tokenUrl: token.url };
  } catch (error) {
    if (error instanceof ProviderConfigError) return {};
    throw error;
  }
}

/**
 * Returns the provider data of a connector: those that an administrator entered, else those of its
 * type. Entered data are never used to confirm endpoints. `undefined`: there are neither.
 * @param type connector type whose provider definition has no placeholders left
 */
export function providerFactsOf(
  type: OAuthConnectorType | undefined,
  { config }: Pick<DecryptedConnector, 'config'>,
  settings: OAuthSettings,
): ProviderDefinition | undefined {
  const data = type && providerDataOf(type, config);
  if (data === undefined) return type && providerOf(type);
  const { authorizationUrl = '', tokenUrl = '', revocationUrl } = settings;
  return definitionOfData(data, { authorizationUrl, tokenUrl, revocationUrl });
}

/**
 * Returns lifetime, refresh margin and idle limit of grants. These do not depend on the OAuth
 * dialect.
 */
export function grantLimits(entry: ProviderDefinition | undefined): {
  /**
   * Lifetime of access tokens whose response does not state one, in seconds. `undefined`: such
   * tokens do not expire.
   */
  readonly defaultLifetimeSeconds: number | undefined;
  readonly refreshMarginSeconds: number | undefined;
  readonly idleLimitDays: number | undefined;
} {
  const { lifetime } = entry ?? {};
  return {
    defaultLifetimeSeconds:
      lifetime === undefined ? DEFAULT_LIFETIME_SECONDS : (lifetime.defaultSeconds ?? undefined),
    refreshMarginSeconds: lifetime?.refreshMarginSeconds,
    idleLimitDays: lifetime?.idleLimitDays,
  };
}

/** Creates {@link ProviderClient.isScopeCovered} for the enabled actions of a connector. */
export function scopeCover(
  { config }: Pick<DecryptedConnector, 'config'>,
  type: OAuthConnectorType | undefined,
): Pick<ProviderClient, 'isScopeCovered'> {
  if (type === undefined) return {};
  return { isScopeCovered: (scope, granted) => isScopeCovered(type, { scope, granted, config }) };
}

/** The endpoints that an administrator has entered. */
interface Endpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * Returns the parts of a provider definition that apply to the endpoints of a connector. An
 * administrator may have entered the URLs of another server, such as a self-hosted or a regional
 * one. Issuer and revocation endpoint of the definition then belong to another provider, and no
 * token may be sent there. Only the token URL identifies the server.
 */
export function factsFor(
  type: OAuthConnectorType | undefined,
  authType: string,
  endpoints: Endpoints,
): {
  readonly issuer: string | undefined;
  readonly issuerRequiredInResponse: boolean;
  readonly revocationUrl: string | undefined;
  readonly userinfoUrl: string | undefined;
  /** Without the grant facts whose request would send the access token to another provider. */
  readonly grantFacts: ProviderEntry['grantFacts'];
} {
  const entry = type && providerOf(type);
  const isOfType = hasEndpointsOfType(endpoints, authType, type);
  const belongs = (uri: string | undefined): string | undefined =>
    uri !== undefined && (isOfType || isSameSite(uri, endpoints.tokenUrl)) ? uri : undefined;
  return {
    issuer: belongs(entry?.issuer),
    issuerRequiredInResponse: entry?.issuerRequiredInResponse === true,
    revocationUrl: belongs(entry?.revocation?.url),
    userinfoUrl: belongs(type && accountRequestOf(type)?.url),
    grantFacts: (entry?.grantFacts ?? []).filter(
      ({ url }) => url === undefined || belongs(url) !== undefined,
    ),
  };
}

/**
 * Returns where the account of a grant is found, according to the connector type or its provider
 * definition.
 */
export function accountSourceOf(type: OAuthConnectorType): AccountSource {
  const request = accountRequestOf(type);
  if (request !== undefined)
    return {
      userinfoEndpoint: request.url,
      userinfoRequestJson: request.json,
      accountIdPath: request.idPath,
      accountLabelPath: request.labelPath,
    };
  const account = providerOf(type)?.account;
  if (account?.from !== 'token_response') return {};
  return { accountIdPath: account.idPath, accountLabelPath: account.labelPath };
}

/**
 * Returns `true` if the authorization URL and the token URL are on the origins that the connector
 * type has for them, in its defaults or in its provider definition.
 */
export function hasEndpointsOfType(
  { authorizationUrl, tokenUrl }: Endpoints,
  authType: string,
  type: OAuthConnectorType | undefined,
): boolean {
  const entry = type && providerOf(type);
  const named = [
    entry && { authorizationUrl: entry.authorize.url, tokenUrl: entry.token.url },
    ...(type?.auth?.types ?? []).map((one) =>
      typeof one === 'string' || one.type !== authType ? undefined : one.defaults,
    ),
  ];
  return named.some((endpoints) => {
    const { authorizationUrl: authorize, tokenUrl: token } = endpoints ?? {};
    if (typeof authorize !== 'string' || typeof token !== 'string') return false;
    return isSameOrigin(authorize, authorizationUrl) && isSameOrigin(token, tokenUrl);
  });
}
