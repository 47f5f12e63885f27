import type { DecryptedConnector, GrantClient, GrantClients } from '../../types.ts';
import { AUTHORIZATION_CODE, authorizationCodeClient } from './authorization_code.ts';
import { CLIENT_CREDENTIALS, clientCredentialsClient } from './client_credentials.ts';
import { ConnectorConfigurationError } from './configuration_error.ts';
import { EARS, earsClient } from './ears.ts';
import { type GrantClientDeps, protocolCalls } from './protocol_calls.ts';
import type { ProviderEntry } from './provider_facts.ts';

type Strategy = (
  connector: DecryptedConnector,
  entry: ProviderEntry | undefined,
  deps: GrantClientDeps,
) => GrantClient;

/** One row per auth type that needs a token. */
const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([
  [AUTHORIZATION_CODE, authorizationCodeClient],
  [EARS, earsClient],
  [CLIENT_CREDENTIALS, clientCredentialsClient],
]);

/** Dependencies of {@link createGrantClients}. */
export interface GrantClientsDeps extends GrantClientDeps {
  /** The connector type's entry, for what its provider does differently; `undefined`: an unknown type keeps to the RFC. */
  readonly findProviderEntry: (connectorTypeId: string) => ProviderEntry | undefined;
}

/** Builds grant clients for connectors and for stored configurations. Holds no state. */
export function createGrantClients({ findProviderEntry, ...deps }: GrantClientsDeps): GrantClients {
  return {
    forConnector: (connector) => {
      const strategy = STRATEGIES.get(connector.authType);
      if (strategy === undefined) {
        throw new ConnectorConfigurationError(
          'not_oauth',
          connector.id,
          `Connector [${connector.id}] uses the auth type [${connector.authType}], which has no OAuth authorization.`,
        );
      }
      return strategy(connector, findProviderEntry(connector.connectorTypeId), deps);
    },
    forConfiguration: (configuration) => {
      const { revoke } = protocolCalls(configuration, deps);
      return { revoke };
    },
  };
}
