import {
  type ActionsStore,
  createActionsStack,
  type DecryptedConnector,
  lookupOf,
  openActionsStore,
  type ProviderClient,
  type ProviderClientFactory,
  type Tokens,
} from '@latchkey/actions-plugin/server/testing';
import type { DocumentStore, SavedObjectsLogger } from '@latchkey/saved-objects';
import { userType } from '@latchkey/security-plugin/server/mocks';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import { aConnector, aProviderClient } from '@latchkey/test-stack';
import { type BenchConnector, CONNECTOR_TYPE, KEYS, type Keys, secret } from './bench_connector.ts';

/**
 * Ids of the two connectors of all grants if there is no real connector. The provider of `limited`,
 * which has a tenth of the grants, ends idle grants; the other provider does not.
 */
export const CONNECTORS = { limited: 'limited', unlimited: 'unlimited' } as const;
const IDLE_LIMIT_DAYS = 30;

/**
 * A store that is opened without a server, with the real saved-objects service, encryption and
 * token services.
 */
export interface OpenStore extends Omit<ActionsStore, 'close'> {
  readonly tokens: Tokens;
  readonly clients: ProviderClientFactory;
  readonly connectorOf: (id: string) => DecryptedConnector;
  readonly clientOf: (connectorId: string) => ProviderClient;
  close(): Promise<void>;
}

/** Options of {@link openStore}. */
interface OpenOptions {
  /** Keys of the encryption. Default: those of the servers of the benchmark. */
  readonly keys?: Keys;
  /** Wraps the store, to count the requests to it. */
  readonly wrap?: (store: DocumentStore) => DocumentStore;
  /**
   * Connector that is used for every id. Default: a connector to a provider that responds
   * immediately.
   */
  readonly connector?: BenchConnector;
  readonly logger?: SavedObjectsLogger;
}

/** Opens a store as a server does, which also migrates stored documents. */
export async function openStore(
  location: StoreLocation,
  { keys = KEYS, wrap = (store) => store, connector, logger }: OpenOptions = {},
): Promise<OpenStore> {
  const store = wrap(openStoreAt(location));
  const opened = await openActionsStore({
    store,
    keys,
    types: [userType],
    ...(logger === undefined ? {} : { logger }),
  });
  const connectorOf = (id: string): DecryptedConnector => {
    if (connector === undefined) return aConnector(id);
    const { config, secrets } = connector;
    return aConnector(id, { connectorTypeId: CONNECTOR_TYPE, config, secrets });
  };
  const stack = createActionsStack({
    savedObjects: opened.savedObjects,
    instanceId: `bench-${process.pid}`,
    settings: { allowedHosts: ['127.0.0.1'] },
    replace: {
      ...(connector === undefined ? { clients: () => FAKE_CLIENTS } : {}),
      connectorReader: () => ({ find: async (id) => lookupOf(connectorOf(id)) }),
      events: { emit: () => undefined },
    },
  });
  const known = new Map<string, ProviderClient>();
  return {
    ...opened,
    tokens: stack.tokens,
    clients: stack.clients,
    connectorOf,
    clientOf: (id) => {
      const client = known.get(id) ?? stack.clients.forConnector(connectorOf(id));
      known.set(id, client);
      return client;
    },
    close: async () => {
      await stack.close(5_000);
      await opened.close();
    },
  };
}

/** Returns the id of the connector of grant number `index`. */
export function connectorIdOf(index: number): string {
  return index % 10 === 0 ? CONNECTORS.limited : CONNECTORS.unlimited;
}

function fakeClient({ id }: Pick<DecryptedConnector, 'id'>): ProviderClient {
  return aProviderClient({
    fingerprint: `fingerprint-${id}`,
    providerKey: 'bench',
    idleLimitDays: id === CONNECTORS.limited ? IDLE_LIMIT_DAYS : undefined,
    refresh: async () => ({
      accessToken: secret(),
      tokenType: 'Bearer',
      refreshToken: secret(),
      lifetimeSeconds: 86_400,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      requestedAt: new Date(),
      providerRequestId: undefined,
    }),
    revoke: async () => 'revoked',
  });
}

const FAKE_CLIENTS: ProviderClientFactory = {
  forConnector: fakeClient,
  resolveRevocationClient: fakeClient,
  forConfiguration: () => fakeClient({ id: CONNECTORS.unlimited }),
};
