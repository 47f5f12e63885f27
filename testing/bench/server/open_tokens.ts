import {
  createActionsStack,
  type DecryptedConnector,
  lookupOf,
  openActionsStore,
  type ProviderClientFactory,
  type Tokens,
} from '@latchkey/actions-plugin/server/testing';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import { userType } from '@latchkey/security-plugin/server/mocks';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import { aConnector } from '@latchkey/test-stack';
import { type BenchConnector, CONNECTOR_TYPE, FIXTURE_ENCRYPTION_KEY } from './bench_connector.ts';

/** The token capability on a store, without a server. */
export interface OpenTokens {
  readonly tokens: Tokens;
  /** Accesses tokens, connectors and users. */
  readonly repository: SavedObjectsRepository;
  readonly clients: ProviderClientFactory;
  readonly connector: DecryptedConnector;
  close(): Promise<void>;
}

/** Opens a store with the real saved-objects service, encryption and token services. */
export async function openTokens(
  location: StoreLocation,
  { id, config, secrets }: BenchConnector,
): Promise<OpenTokens> {
  const opened = await openActionsStore({
    store: openStoreAt(location),
    keys: { primary: FIXTURE_ENCRYPTION_KEY },
    types: [userType],
  });
  const connector = aConnector(id, { connectorTypeId: CONNECTOR_TYPE, config, secrets });
  const stack = createActionsStack({
    savedObjects: opened.savedObjects,
    settings: { allowedHosts: ['127.0.0.1'] },
    instanceId: 'bench',
    replace: {
      connectorReader: () => ({ find: async () => lookupOf(connector) }),
      events: { emit: () => undefined },
    },
  });
  return {
    tokens: stack.tokens,
    repository: opened.repository,
    clients: stack.clients,
    connector,
    close: async () => {
      await stack.close();
      await opened.close();
    },
  };
}
