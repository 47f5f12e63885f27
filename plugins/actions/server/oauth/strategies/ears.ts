import { providerOf } from '@latchkey/connector-specs';
import type { Egress } from '@latchkey/egress';
import { type AccountSource, dialectOf, type EarsClient } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { buildApiOrigins } from '../../connector_types/index.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import {
  accountSourceOf,
  grantLimits,
  type OAuthConnectorType,
  scopeCover,
} from './connector_provider.ts';
import type { EarsSettings } from './ears_settings.ts';
import { grantFingerprint } from './grant_fingerprint.ts';
import { readUserSettings, requireSettings } from './oauth_settings.ts';
import {
  type ProviderClientDeps,
  type ProviderProtocol,
  unsupportedCall,
} from './protocol_calls.ts';
import type { ProviderClient } from './provider_client.ts';
import { isSameOrigin } from './same_site.ts';

/** Auth type of connectors that use EARS. */
export const EARS = 'ears';

/**
 * Creates the clients of connectors that use EARS, the redirect service that owns the OAuth app.
 */
export class EarsStrategy {
  readonly #protocol: ProviderProtocol;
  readonly #egress: Pick<Egress, 'browserUrl' | 'ensureUriAllowed'>;
  readonly #ears: EarsSettings | undefined;

  constructor(protocol: ProviderProtocol, deps: Pick<ProviderClientDeps, 'egress' | 'ears'>) {
    this.#protocol = protocol;
    this.#egress = deps.egress;
    this.#ears = deps.ears;
  }

  /**
   * Creates the client for the grants of a connector's users.
   * @throws ConnectorConfigurationError `ears_not_configured`, `ears_disabled`, `oauth_incomplete`
   */
  clientOf(connector: DecryptedConnector, entry: OAuthConnectorType | undefined): ProviderClient {
    const configuration = readConfiguration(connector, entry, this.#ears);
    const dialect = dialectOf(configuration);
    return {
      authType: EARS,
      fingerprint: grantFingerprint(connector, configuration, { entry }),
      // EARS has the same redirect URI for all connectors.
      providerKey: undefined,
      configuration,
      ...scopeCover(connector, entry),
      ...grantLimits(entry && providerOf(entry)),
      // EARS issues the code itself, and the code is sent only to EARS.
      sharedCallback: 'allowed',
      ensureEndpointsAllowed: () => this.#egress.ensureUriAllowed(configuration.baseUrl),
      buildAuthorizationUrl: (request) =>
        this.#egress.browserUrl(dialect.authorizationUrl(request)),
      checkIssuer: (iss) => dialect.checkIssuer(iss),
      ...this.#protocol.callsOf(configuration, {
        account: accountSource(connector, configuration, entry),
      }),
      requestSharedToken: async () => {
        throw unsupportedCall(EARS, 'token without a user');
      },
    };
  }
}

/**
 * Returns where the account is found. EARS does not name the account, so it is read from the API of
 * the connector type, which receives the access token anyway. Empty: the connector uses another
 * provider, or its type has no URL for this.
 */
function accountSource(
  { config }: DecryptedConnector,
  { provider }: EarsClient,
  entry: OAuthConnectorType | undefined,
): AccountSource {
  const { userinfoEndpoint, ...paths } = entry === undefined ? {} : accountSourceOf(entry);
  if (entry === undefined || userinfoEndpoint === undefined) return {};
  const isOfType = (entry.auth?.types ?? []).some(
    (one) => typeof one !== 'string' && one.type === EARS && one.defaults['provider'] === provider,
  );
  const apiOrigins = buildApiOrigins(entry)(config) ?? [];
  if (!isOfType || !apiOrigins.some((origin) => isSameOrigin(userinfoEndpoint, origin))) return {};
  return { userinfoEndpoint, ...paths };
}

function readConfiguration(
  connector: DecryptedConnector,
  entry: OAuthConnectorType | undefined,
  ears: EarsSettings | undefined,
): EarsClient {
  if (ears?.url === undefined) {
    throw new ConnectorConfigurationError(
      'ears_not_configured',
      connector.id,
      `Connector [${connector.id}] uses EARS, but [xpack.actions.auth.ears.url] is not set.`,
    );
  }
  if (!ears.enabled) {
    throw new ConnectorConfigurationError(
      'ears_disabled',
      connector.id,
      `Connector [${connector.id}] uses EARS, which [xpack.actions.auth.ears.enabled] switches off.`,
    );
  }
  const settings = readUserSettings(connector, entry);
  const { provider } = requireSettings(connector, settings, ['provider']);
  return {
    dialect: 'ears',
    baseUrl: ears.url.replace(/\/$/, ''),
    provider,
    scope: settings.scope,
  };
}
