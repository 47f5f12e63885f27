import { SavedObjectError } from '@latchkey/saved-objects';
import {
  AUTHORIZATION_CODE,
  ConnectorConfigurationError,
  isCheckOf,
  sharedCallbackNeed,
  statedIssuer,
} from '../oauth/strategies/index.ts';
import type {
  DecryptedConnector,
  EndpointRefusalCode,
  ProviderClient,
  ProviderClientFactory,
} from '../types.ts';
import type { ConnectorStore, StoredConnector } from './connector_store.ts';

/** What warnings depend on besides the connector. */
export interface WarningDeps {
  readonly clients: ProviderClientFactory;
  /** Origins of token URLs that are trusted on a callback shared by all providers; `undefined`: each has its own. */
  readonly sharedCallbackOrigins: ReadonlySet<string> | undefined;
}

/** Saved by an older build. Not used until an administrator corrects it. */
const REFUSED: ReadonlySet<string> = new Set<EndpointRefusalCode>([
  'endpoints_not_confirmed',
  'response_mode_refused',
  'response_path_refused',
]);

/** What an administrator should look at although it works (attack 20). Empty for settings that are not complete: executions report those. */
export function connectorWarnings(
  connector: DecryptedConnector,
  deps: WarningDeps,
): readonly string[] {
  if (connector.authType !== AUTHORIZATION_CODE) return [];
  return [...clientWarnings(connector, deps), ...checkWarnings(connector)];
}

/** As {@link connectorWarnings}, of a connector whose endpoints are still among its encrypted secrets. Unreadable ones have nothing to warn of. */
export async function warningsOfStored(
  { authType, id, spaceId }: StoredConnector,
  { store, ...deps }: WarningDeps & { readonly store: ConnectorStore },
): Promise<readonly string[]> {
  if (authType !== AUTHORIZATION_CODE) return [];
  try {
    const connector = await store.readForChange(id, spaceId);
    return connector === undefined ? [] : connectorWarnings(connector, deps);
  } catch (error) {
    // The connector itself was read, and says with its other members what is wrong.
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

/** An answer without `iss` is refused there, so every attempt would fail, and to the person that looks like an attack. */
function callbackWarnings(
  client: ProviderClient,
  { sharedCallbackOrigins }: WarningDeps,
): readonly string[] {
  const { configuration } = client;
  if (sharedCallbackOrigins === undefined || configuration.dialect === 'ears') return [];
  if (sharedCallbackNeed(client, sharedCallbackOrigins) !== 'with_issuer') return [];
  if (configuration.issuerRequiredInResponse === true) return [];
  const origin = URL.parse(configuration.tokenEndpoint)?.origin ?? configuration.tokenEndpoint;
  return [
    `All providers share one redirect URI here, so an authorization succeeds only if the provider names itself in its answer (iss, RFC 9207), and nothing promises that it does. If people are told that the answer did not come from the provider that was asked, have an operator who trusts it add ${origin} to xpack.actions.auth.oauth_authorization_code.sharedRedirectUriOrigins.`,
  ];
}

function checkWarnings(connector: DecryptedConnector): readonly string[] {
  const stated = statedIssuer(connector);
  const { issuerCheck } = connector;
  if (stated === undefined || !isCheckOf(issuerCheck, stated)) return [];
  return issuerCheck?.warnings ?? [];
}
