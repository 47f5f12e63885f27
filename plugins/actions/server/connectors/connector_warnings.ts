import { dialectOf } from '@latchkey/oauth-client';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../connector_data/index.ts';
import {
  AUTHORIZATION_CODE,
  ConnectorConfigurationError,
  type EndpointRefusalCode,
  isCheckOf,
  type ProviderClient,
  type ProviderClientFactory,
  sharedCallbackNeed,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import type { ConnectorStore, StoredConnector } from './connector_store.ts';

/** Dependencies of {@link connectorWarnings}. */
export interface WarningDeps {
  readonly clients: ProviderClientFactory;
  /**
   * Origins of token URLs that are trusted on the callback shared by all providers. `undefined`:
   * each provider has its own callback.
   */
  readonly sharedCallbackOrigins: ReadonlySet<string> | undefined;
}

/**
 * Codes of connectors that an older version saved. They are not used until an administrator
 * corrects them.
 */
const REFUSED: ReadonlySet<string> = new Set<EndpointRefusalCode>([
  'endpoints_not_confirmed',
  'response_mode_refused',
  'response_path_refused',
]);

/**
 * Warnings for an administrator about a connector that works (attack 20). Empty for incomplete
 * settings, which executions report.
 */
export function connectorWarnings(
  connector: DecryptedConnector,
  deps: WarningDeps,
): readonly string[] {
  if (connector.authType !== AUTHORIZATION_CODE) return [];
  return [...clientWarnings(connector, deps), ...checkWarnings(connector)];
}

/**
 * As {@link connectorWarnings}, for a connector whose secrets are not decrypted yet. Empty if the
 * secrets cannot be read.
 */
export async function warningsOfStored(
  { authType, id, spaceId }: StoredConnector,
  { store, ...deps }: WarningDeps & { readonly store: ConnectorStore },
): Promise<readonly string[]> {
  if (authType !== AUTHORIZATION_CODE) return [];
  try {
    const connector = await store.readForChange(id, spaceId);
    return connector === undefined ? [] : connectorWarnings(connector, deps);
  } catch (error) {
    // The secrets cannot be read. Other fields of the connector report that.
    if (error instanceof SavedObjectError) return [];
    throw error;
  }
}

function clientWarnings(connector: DecryptedConnector, deps: WarningDeps): readonly string[] {
  try {
    const client = deps.clients.forConnector(connector);
    return [...(client.warnings ?? []), ...callbackWarnings(client, deps)];
  } catch (error) {
    if (!(error instanceof ConnectorConfigurationError)) throw error;
    return REFUSED.has(error.code) ? [error.message] : [];
  }
}

/**
 * Warns that a response without `iss` is refused on the shared callback: every attempt would fail,
 * and users would see the text for a wrong provider.
 */
function callbackWarnings(
  client: ProviderClient,
  { sharedCallbackOrigins }: WarningDeps,
): readonly string[] {
  const { registeredClient } = dialectOf(client.configuration);
  if (sharedCallbackOrigins === undefined || registeredClient === undefined) return [];
  if (sharedCallbackNeed(client, sharedCallbackOrigins) !== 'with_issuer') return [];
  const { issuerRequiredInResponse, tokenEndpoint } = registeredClient;
  if (issuerRequiredInResponse === true) return [];
  const origin = URL.parse(tokenEndpoint)?.origin ?? tokenEndpoint;
  return [
    `All providers share one redirect URI here, so an authorization succeeds only if the provider names itself in its response (iss, RFC 9207), and its metadata does not promise that. If users see that the response did not come from the provider of this connector, an operator who trusts the provider can add ${origin} to xpack.actions.auth.oauth_authorization_code.sharedRedirectUriOrigins.`,
  ];
}

function checkWarnings(connector: DecryptedConnector): readonly string[] {
  const stated = statedIssuer(connector);
  const { issuerCheck } = connector;
  if (stated === undefined || !isCheckOf(issuerCheck, stated)) return [];
  return issuerCheck?.warnings ?? [];
}
