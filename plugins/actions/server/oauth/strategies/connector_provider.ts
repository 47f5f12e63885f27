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
  factsOfData,
  ProviderConfigError,
  type ProviderEntry,
  type ProviderFacts,
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
 * RFC 6749 makes the lifetime optional. Most providers use an hour, and a 401 response causes a
 * refresh anyway.
 */
const DEFAULT_LIFETIME_SECONDS = 3600;

/**
 * The connector type with its provider's entry, whose URLs contain the config of the connector.
 * @throws ConnectorConfigurationError `oauth_incomplete` when the config of the connector does not
 * fit
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
 * The settings with the endpoints of the provider, unless the connector has its own.
 * @param provider resolved
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
 * The endpoints that the provider derives from a config, which need not be valid. Empty: they do
 * not depend on the config, or the config does not fit.
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
 * The facts of the provider of a connector: those that an administrator entered, else those of its
 * type. Entered facts confirm no endpoint. `undefined`: neither exists.
 * @param type with its provider resolved
 */
export function providerFactsOf(
  type: OAuthConnectorType | undefined,
  { config }: Pick<DecryptedConnector, 'config'>,
  settings: OAuthSettings,
): ProviderFacts | undefined {
  const data = type && providerDataOf(type, config);
  if (data === undefined) return type && providerOf(type);
  const { authorizationUrl = '', tokenUrl = '', revocationUrl } = settings;
  return factsOfData(data, { authorizationUrl, tokenUrl, revocationUrl });
}

/** Lifetime, margin and idle limit, which do not depend on the dialect. */
export function grantLimits(entry: ProviderFacts | undefined): {
  /** `undefined`: access tokens without a stated lifetime do not expire. */
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

/** {@link ProviderClient.isScopeCovered} for the actions of a connector. */
export function scopeCover(
  { config }: Pick<DecryptedConnector, 'config'>,
  type: OAuthConnectorType | undefined,
): Pick<ProviderClient, 'isScopeCovered'> {
  if (type === undefined) return {};
  return { isScopeCovered: (scope, held) => isScopeCovered(type, { scope, held, config }) };
}

/** The endpoints that an administrator configured. */
interface Endpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * The parts of a connector type's provider that apply to these endpoints. An administrator may
 * configure another server (a self-hosted edition, a regional one). Issuer and revocation endpoint
 * of the entry then belong to another provider, and no token may be sent there. Only the token URL
 * identifies the server.
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
  /** Without facts whose request would send the access token to another provider. */
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

/** Source of the account of a grant, as the connector type or its provider names it. */
export function accountSourceOf(type: OAuthConnectorType): AccountSource {
  const request = accountRequestOf(type);
  if (request !== undefined)
    return {
      userinfoEndpoint: request.url,
      accountIdPath: request.idPath,
      accountLabelPath: request.labelPath,
    };
  const account = providerOf(type)?.account;
  if (account?.from !== 'token_response') return {};
  return { accountIdPath: account.idPath, accountLabelPath: account.labelPath };
}

/**
 * Returns `true` if both endpoints are on the origins that the connector type itself names for
 * them, in its defaults or by its provider.
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
