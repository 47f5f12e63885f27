import {
  createActionsStack,
  type DecryptedConnector,
  lookupOf,
  openActionsStore,
  type ProviderClient,
  type ProviderClientFactory,
  type Tokens,
} from '@latchkey/actions-plugin/server/testing';
import { systemRandomness } from '@latchkey/core/server';
import type { DocumentStore, SavedObjectsRepository } from '@latchkey/saved-objects';
import { userType } from '@latchkey/security-plugin/server/mocks';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import { aConnector, aProviderClient } from '@latchkey/test-stack';

/** Keys of a process, obviously not real ones. */
export interface Keys {
  readonly primary: string;
  readonly decryptionOnly: readonly string[];
}

export const KEY_A = 'development-only-key-a-of-the-benchmark';
export const KEY_B = 'development-only-key-b-of-the-benchmark';

/**
 * The grants belong to two connectors: a tenth to one whose provider drops idle grants, the others
 * to one whose provider does not.
 */
export const CONNECTORS = { limited: 'limited', unlimited: 'unlimited' } as const;
const IDLE_LIMIT_DAYS = 30;

/**
 * A store with the real saved-objects service, encryption and token services, and a provider that
 * responds immediately.
 */
export interface OpenStore {
  readonly store: DocumentStore;
  readonly repository: SavedObjectsRepository;
  readonly tokens: Tokens;
  readonly clients: ProviderClientFactory;
  close(): Promise<void>;
}

/** Opens a store as a server does. `wrap` wraps the store, to count the requests to it. */
export async function openStore(
  location: StoreLocation,
  keys: Keys,
  wrap: (store: DocumentStore) => DocumentStore = (store) => store,
): Promise<OpenStore> {
  const store = wrap(openStoreAt(location));
  const opened = await openActionsStore({ store, keys, types: [userType] });
  const stack = createActionsStack({
    savedObjects: opened.savedObjects,
    instanceId: `bench-${process.pid}`,
    specs: [],
    replace: {
      clients: () => CLIENTS,
      connectorReader: () => ({ find: async (id) => lookupOf(aConnector(id)) }),
      events: { emit: () => undefined },
    },
  });
  return {
    store,
    repository: opened.repository,
    tokens: stack.tokens,
    clients: CLIENTS,
    close: async () => {
      await stack.close(5_000);
      await opened.close();
    },
  };
}

/** Connector of grant number `index`. */
export function connectorIdOf(index: number): string {
  return index % 10 === 0 ? CONNECTORS.limited : CONNECTORS.unlimited;
}

function clientOf({ id }: Pick<DecryptedConnector, 'id'>): ProviderClient {
  return aProviderClient({
    fingerprint: `fingerprint-${id}`,
    providerKey: 'bench',
    idleLimitDays: id === CONNECTORS.limited ? IDLE_LIMIT_DAYS : undefined,
    refresh: async () => ({
      accessToken: systemRandomness.bytes(120).toString('base64url'),
      tokenType: 'Bearer',
      refreshToken: systemRandomness.bytes(120).toString('base64url'),
      lifetimeSeconds: 86_400,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      receivedAt: new Date(),
      providerRequestId: undefined,
    }),
    revoke: async () => 'revoked',
  });
}

const CLIENTS: ProviderClientFactory = {
  forConnector: clientOf,
  resolveRevocationClient: clientOf,
  forConfiguration: () => clientOf({ id: CONNECTORS.unlimited }),
};
